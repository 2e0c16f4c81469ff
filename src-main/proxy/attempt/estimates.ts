/** What a call will probably use, reserved before it is sent; learned from what calls for the same model have used. */
import type { ProviderId } from '../../../src-preload/contract/index.ts'
import type { Clock, Cost } from '../../pool/types.ts'
import type { RequestFacts, TokenUsage } from '../../providers/types.ts'
import type { ProxyDeps, ProxyPool } from '../types.ts'

export interface Estimate {
  cost: Cost
  /** What is asked for instead, should `cost` be more than a limit has at all. */
  least: Cost
}

export interface Estimates {
  /** Undefined = nothing is known of the call but that it is one. */
  of(pool: ProxyPool, facts: RequestFacts): Estimate | undefined
  /** An answer for that model had so many output tokens. */
  learn(pool: string, model: string, output: number): void
}

/** The answer of a model that has not answered yet: a few paragraphs. */
const usualOutput = 512
/** Weight of the newest answer in the average. */
const newest = 0.2
const maxModels = 1000
/** A price that a person changes counts from then on. */
const priceKeptMs = 60_000

/** In billionths of a dollar per token. */
interface Price {
  input: number
  output: number
  /** Monotonic ms when it was looked up. */
  since: number
}

interface Model {
  output: number | null
  price: Price | null
}

/** `cost` prices the estimate; what it has no price for is estimated at nothing. */
export function createEstimates(cost: ProxyDeps['cost'], clock: Pick<Clock, 'mono'>): Estimates {
  const models = new Map<string, Model>()

  const modelOf = (pool: string, model: string): Model => {
    const name = `${pool}\n${model}`
    const known = models.get(name)
    if (known !== undefined) return known
    const [oldest] = models.keys()
    if (models.size >= maxModels && oldest !== undefined) models.delete(oldest)
    const made: Model = { output: null, price: null }
    models.set(name, made)
    return made
  }
  // One look at the price table a model now and then, not one a call: an estimate needs no tiers.
  const priceOf = (known: Model, provider: ProviderId, model: string): Price => {
    const since = clock.mono()
    if (known.price !== null && since - known.price.since < priceKeptMs) return known.price
    const per = (used: TokenUsage) => (cost(provider, model, used)?.nanos ?? 0) / 1000
    known.price = { input: per(tokens(1000, 0)), output: per(tokens(0, 1000)), since }
    return known.price
  }

  return {
    of({ slug, provider }, { model, inputTokens: input, outputTokens }) {
      if (model === null && input + outputTokens === 0) return undefined
      if (model === null) return same({ input, output: outputTokens, nanos: 0 })
      const known = modelOf(slug, model)
      const price = priceOf(known, provider.id, model)
      const costOf = (output: number): Cost => ({
        input,
        output,
        nanos: Math.round(input * price.input + output * price.output),
      })
      const usual = Math.ceil(known.output ?? usualOutput)
      // A guess must not refuse a call: without a maximum only what it brings along can be too much.
      if (outputTokens === 0) return { cost: costOf(usual), least: costOf(0) }
      const least = costOf(Math.min(outputTokens, usual))
      return countsMaximum(provider.format) ? { cost: costOf(outputTokens), least } : { cost: least, least: costOf(0) }
    },
    learn(pool, model, output) {
      const known = modelOf(pool, model)
      known.output = known.output === null ? output : known.output + newest * (output - known.output)
    },
  }
}

/**
 * Whether the most that a request allows counts against limits when it arrives. OpenAI, Azure and Groq do that
 * (developers.openai.com/api/docs/guides/rate-limits: the maximum of max_tokens and the estimate); Anthropic counts output as it
 * is made (platform.claude.com/docs/en/api/rate-limits), Gemini limits input only.
 */
function countsMaximum(format: ProxyPool['provider']['format']): boolean {
  return format !== 'anthropic' && format !== 'gemini'
}

/** Providers whose limits leave cached input out (console.groq.com/docs/rate-limits, platform.claude.com/docs/en/api/rate-limits). */
const cacheReadsAreFree: readonly ProviderId[] = ['anthropic', 'groq']

/**
 * What an answer says was used, as the engine's limits count it: input with cache writes, and with cache reads where the
 * provider's own limits count them; output with reasoning. What the answer does not say is absent.
 */
export function usedBy(provider: ProviderId, usage: TokenUsage, nanos: number | null): Partial<Cost> {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage
  const cached = (cacheWriteTokens ?? 0) + (cacheReadsAreFree.includes(provider) ? 0 : (cacheReadTokens ?? 0))
  const used: Partial<Cost> = {}
  if (inputTokens !== null) used.input = inputTokens + cached
  if (outputTokens !== null) used.output = outputTokens
  if (nanos !== null) used.nanos = nanos
  return used
}

function same(cost: Cost): Estimate {
  return { cost, least: cost }
}

function tokens(inputTokens: number, outputTokens: number): TokenUsage {
  return { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, model: null }
}
