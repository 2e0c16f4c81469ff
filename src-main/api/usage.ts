/** Calls about what was used, and the request log. */
import { os } from './implementer.ts'

export const usage = {
  summary: os.usage.summary.handler(({ context, input }) => context.services.usage.summary(input)),
  series: os.usage.series.handler(({ context, input }) => context.services.usage.series(input)),
  models: os.usage.models.handler(({ context, input }) => context.services.usage.models(input)),
  keys: os.usage.keys.handler(({ context, input }) => context.services.usage.keys(input)),
  shares: os.usage.shares.handler(({ context, input }) => context.services.usage.shares(input)),
}

export const requests = {
  list: os.requests.list.handler(({ context, input }) => context.services.usage.requests(input)),
  count: os.requests.count.handler(async ({ context, input }) => ({
    total: await context.services.usage.countRequests(input),
  })),
  get: os.requests.get.handler(({ context, input }) => context.services.usage.request(input.id)),
}
