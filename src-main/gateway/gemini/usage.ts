/** Token counts in Gemini's words: cached tokens are inside the prompt's, thoughts are apart from the candidates'. */
import { countAt } from '../../providers/read.ts'
import type { AnswerUsage } from '../types.ts'

/** What a `usageMetadata` says; each chunk of a stream repeats the running totals. */
export function readUsage(usage: unknown): Partial<AnswerUsage> {
  const prompt = countAt(usage, 'promptTokenCount')
  const cached = countAt(usage, 'cachedContentTokenCount')
  const tools = countAt(usage, 'toolUsePromptTokenCount') ?? 0
  const thoughts = countAt(usage, 'thoughtsTokenCount')
  const said = countAt(usage, 'candidatesTokenCount')
  const counts = {
    input: prompt === null ? null : Math.max(0, prompt + tools - (cached ?? 0)),
    cacheRead: cached,
    output: said === null && thoughts === null ? null : (said ?? 0) + (thoughts ?? 0),
    reasoning: thoughts,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== null))
}

export function writeUsage({ input, cacheRead, cacheWrite, output, reasoning }: Partial<AnswerUsage>): Record<string, number> {
  const prompt = (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0)
  const thoughts = reasoning ?? 0
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: Math.max(0, (output ?? 0) - thoughts),
    totalTokenCount: prompt + Math.max(output ?? 0, thoughts),
    ...(cacheRead === null || cacheRead === undefined ? {} : { cachedContentTokenCount: cacheRead }),
    ...(thoughts === 0 ? {} : { thoughtsTokenCount: thoughts }),
  }
}
