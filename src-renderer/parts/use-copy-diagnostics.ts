/** Puts what helps to find a fault into the clipboard: no secret, no name. Works while Keywheel does not answer, with what the page knows. */
import { useApi } from '../queries/api.tsx'
import { type Problem, problemOf } from './problem.ts'

/** Gives back whether the clipboard took it. `code` = what went wrong just now; its words may hold a name and are left out. */
export function useCopyDiagnostics(): (code?: Problem['code']) => Promise<boolean> {
  const { client } = useApi()
  return async (code) => {
    const application = await client.system.diagnostics().catch((error: unknown) => ({ unanswered: problemOf(error).code }))
    const page = { place: location.hash.split('?')[0], browser: navigator.userAgent, language: navigator.language }
    const text = JSON.stringify({ at: new Date().toISOString(), problem: code ?? null, page, application }, null, 2)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
  }
}
