/** What a client's quotas say: which is nearest its end. Pure. */
import type { QuotaStanding } from '../../src-preload/contract/index.ts'

/** `near`: four fifths are gone. */
export type QuotaLevel = 'free' | 'near' | 'full'

/** Used part, 0 to 1; nothing of an unlimited one. */
export function quotaShare({ credits, used }: QuotaStanding): number {
  if (credits < 0) return 0
  return credits === 0 ? 1 : Math.min(1, used / credits)
}

export function quotaLevel(quota: QuotaStanding): QuotaLevel {
  const share = quotaShare(quota)
  return share >= 1 ? 'full' : share >= 0.8 ? 'near' : 'free'
}

/** The quota of which most is used, an unlimited one after all others; among equals the one that starts anew last. Undefined where there is none. */
export function nearestQuota(quotas: readonly QuotaStanding[]): QuotaStanding | undefined {
  const unlimited = ({ credits }: QuotaStanding) => Number(credits < 0)
  return quotas.toSorted((a, b) => unlimited(a) - unlimited(b) || quotaShare(b) - quotaShare(a) || b.renewsAt - a.renewsAt)[0]
}
