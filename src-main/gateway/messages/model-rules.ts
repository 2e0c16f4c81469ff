/** What a Claude model takes, by its name. Source: platform.claude.com/docs, "Migration guide" and "Models overview", 2026. */

export interface ModelRules {
  /** `thinking.type`: by a budget of tokens, by its own judgement under `output_config.effort`, or either. */
  thinking: 'none' | 'budget' | 'either' | 'adaptive'
  /** It thinks unless it is told `thinking: {type: "disabled"}`. */
  off: boolean
  /** `temperature`, `top_p` and `top_k`: all, one of temperature and top_p, or none. */
  sampling: 'all' | 'one' | 'none'
  /** `output_config.effort` is known to it. */
  effort: boolean
  /** `max_tokens` when the client gave none: what every model of that age can do, and enough not to cut an answer short. */
  maxTokens: number
}

const imitation: ModelRules = { thinking: 'budget', off: false, sampling: 'all', effort: false, maxTokens: 8192 }

/** A name that is not Claude's belongs to somebody who imitates the API; the oldest common ground is taken for that. */
export function rulesOf(model: string): ModelRules {
  if (!model.includes('claude')) return imitation
  const version = versionOf(model)
  if (version >= 407) return { thinking: 'adaptive', off: version >= 500, sampling: 'none', effort: true, maxTokens: 32_000 }
  if (version >= 406) return { thinking: 'either', off: false, sampling: 'one', effort: true, maxTokens: 32_000 }
  if (version >= 400) {
    const effort = model.includes('opus-4-5')
    return { thinking: 'budget', off: false, sampling: version >= 401 ? 'one' : 'all', effort, maxTokens: 32_000 }
  }
  if (version >= 307) return { thinking: 'budget', off: false, sampling: 'all', effort: false, maxTokens: 32_000 }
  return { thinking: 'none', off: false, sampling: 'all', effort: false, maxTokens: version >= 305 ? 8192 : 4096 }
}

/** `claude-opus-4-7-…` and `claude-3-7-sonnet-…` alike, as 407 and 307; a name without a number is taken for the newest. */
function versionOf(model: string): number {
  const found = /claude(?:-[a-z]+)*-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model)
  return found === null ? Number.POSITIVE_INFINITY : Number(found[1]) * 100 + Number(found[2] ?? 0)
}
