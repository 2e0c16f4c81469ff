/** What a Gemini model takes, by its name. Source: ai.google.dev/gemini-api/docs, "Thinking", "Thought signatures" and "Function calling", 2026. */

export interface ModelRules {
  /** `thinkingConfig`: refused, a budget of tokens (Gemini 2.5), or a level (Gemini 3). */
  thinking: 'none' | 'budget' | 'level'
  /** The least of it: 0 or a level below `low` where it can be (nearly) switched off. */
  least: { budget: number; level: 'MINIMAL' | 'LOW' }
  medium: boolean
  /** Calls of tools must prove where they come from, and results may hold pictures. */
  signed: boolean
}

/** A name without a version (`gemini-flash-latest`) is taken for the newest. */
export function rulesOf(model: string): ModelRules {
  const version = versionOf(model)
  const pro = model.includes('pro')
  const thinks = version >= 205 && !(version < 300 && model.includes('image'))
  return {
    thinking: thinks ? (version >= 300 ? 'level' : 'budget') : 'none',
    least: { budget: pro ? 128 : 0, level: pro ? 'LOW' : 'MINIMAL' },
    medium: !pro || version >= 301,
    signed: version >= 300,
  }
}

/** `gemini-2.5-pro` as 205. */
function versionOf(model: string): number {
  if (model.includes('gemma')) return 0
  const found = /gemini-(\d{1,2})(?:\.(\d{1,2}))?/.exec(model)
  return found === null ? Number.POSITIVE_INFINITY : Number(found[1]) * 100 + Number(found[2] ?? 0)
}
