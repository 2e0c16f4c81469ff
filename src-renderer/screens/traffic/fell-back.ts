/** Whether another model answered than was asked for, or than the name that was asked for stands for. Pure. */
import type { RequestRow } from '../../../src-preload/contract/index.ts'

/** Providers answer with the dated name of the model that was asked for (`gpt-5-mini-2026-01-02`): that is the same model. */
const edition = /^[-@:](\d{2,}|latest$|preview|exp)/

type Facts = Pick<RequestRow, 'modelAsked' | 'modelServed' | 'route' | 'attempts'>

/** A route is another name, and no fall-back, as long as the first place it led to was the one that served. */
export function fellBack({ modelAsked, modelServed, route, attempts }: Facts): boolean {
  if (modelAsked === null || modelServed === null) return false
  if (route === null) return !isSameModel(modelAsked, modelServed)
  return new Set(attempts.map(({ pool = '', model = '' }) => `${pool}/${model}`)).size > 1
}

/** Whether a provider's name for what answered is just the full name of what was asked for. */
export function isSameModel(modelAsked: string, modelServed: string): boolean {
  const asked = bare(modelAsked)
  const served = bare(modelServed)
  return asked === served || (served.startsWith(asked) && edition.test(served.slice(asked.length)))
}

/** Gemini writes `models/` in front of some names; `-latest` stands for a date. */
function bare(model: string): string {
  return model.replace(/^models\//, '').replace(/-latest$/, '')
}
