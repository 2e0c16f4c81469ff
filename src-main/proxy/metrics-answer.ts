/** `GET /metrics`: figures for Prometheus. */
import type { AdmittedCall } from './admit/admission.ts'
import { internal } from './answer/call-refusals.ts'
import { answerLocally, answerWith } from './answer/local-answer.ts'
import { logFailure } from './log-failure.ts'
import type { ProxyDeps } from './types.ts'

/** Never rejects. */
export async function answerMetrics({ exchange, cors }: AdmittedCall, deps: ProxyDeps): Promise<void> {
  try {
    const { contentType, text } = await deps.metrics()
    answerWith(exchange, 200, ['content-type', contentType, ...cors], Buffer.from(text))
  } catch (error) {
    logFailure(deps.log, error, 'the metrics could not be told')
    answerLocally(exchange, { format: 'plain', refusal: internal, extra: cors, now: deps.clock.now() })
  }
}
