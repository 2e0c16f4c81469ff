/** Puts what helps to find a fault into the clipboard. Works while Keywheel does not answer, with what the page knows. */
import { useApi } from '../queries/api.tsx'
import { diagnosticsText } from '../queries/diagnostics.ts'
import { type Problem, problemOf } from './problem.ts'

/** Gives back whether the clipboard took it. `code` = what went wrong just now. */
export function useCopyDiagnostics(): (code?: Problem['code']) => Promise<boolean> {
  const { client } = useApi()
  return async (code) => {
    const application = await client.system.diagnostics().catch((error: unknown) => ({ unanswered: problemOf(error).code }))
    return navigator.clipboard.writeText(diagnosticsText(application, code)).then(
      () => true,
      () => false,
    )
  }
}
