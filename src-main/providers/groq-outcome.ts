/** Groq's answers as outcomes. Source: console.groq.com/docs/errors and /rate-limits. */
import { openaiLike } from './openai-outcome.ts'
import { outcome } from './outcome.ts'

export const groqOutcome = openaiLike(({ status }, error) => {
  if (status !== 400 && status !== 403) return null
  const blocked =
    /^(organization_restricted|blocked_api_access)$/.test(error.code) ||
    /organization .*(restricted|blocked)/i.test(error.message)
  if (blocked) return outcome('no-credit', error.message)
  if (status === 400) return null
  // A model that this organisation or project has switched off.
  return outcome(error.code.startsWith('model_permission_blocked') ? 'model-unavailable' : 'key-invalid', error.message)
})
