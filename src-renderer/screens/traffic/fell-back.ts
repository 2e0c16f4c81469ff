/** Whether another model answered than was asked for. Pure. */
import type { RequestRow } from '../../../src-preload/contract/index.ts'

/** Providers answer with the dated name of the model that was asked for (`gpt-5-mini-2026-01-02`): that is the same model. */
const edition = /^[-@:](\d{2,}|latest$|preview|exp)/

export function fellBack({ modelAsked, modelServed }: Pick<RequestRow, 'modelAsked' | 'modelServed'>): boolean {
  if (modelAsked === null || modelServed === null) return false
  const asked = bare(modelAsked)
  const served = bare(modelServed)
  if (asked === served) return false
  return !(served.startsWith(asked) && edition.test(served.slice(asked.length)))
}

/** Gemini writes `models/` in front of some names; `-latest` stands for a date. */
function bare(model: string): string {
  return model.replace(/^models\//, '').replace(/-latest$/, '')
}
