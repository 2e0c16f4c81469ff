/** Quotas for the client of a house (`client-1`), by the application's own book. */
import { periodEnd } from '../../src-main/base/calendar.ts'
import { systemClock } from '../../src-main/pool/clock.ts'
import { dayNames } from '../../src-main/services/clients/client-days.ts'
import { createQuotas, type QuotaBook } from '../../src-main/services/clients/quotas.ts'
import { creditRule, type Quota } from '../../src-preload/contract/quota.ts'

export interface CreditBook {
  quotas: QuotaBook
  /** Credits that count now, shortest interval first. */
  used(): number[]
}

/** One quota unless more are given; an hour's that has just begun, so that none ends under a test. */
export function creditBook(
  credits: number,
  { rules = [], more = [] }: { rules?: object[]; more?: Pick<Quota, 'duration' | 'credits'>[] } = {},
): CreditBook {
  const clock = systemClock()
  const parsed = rules.map((one) => creditRule.parse(one))
  const given = [...more, { duration: 'HOUR' as const, credits }]
  const definitions = given.map((quota) => ({ ...quota, start: clock.now(), zone: 'UTC' }))
  const quotas = createQuotas({
    clients: [{ id: 'client-1', quotas: definitions }],
    remembered: [],
    rules: () => parsed,
    clock,
    dayOf: dayNames('UTC', { periodEnd }),
  })
  return { quotas, used: () => quotas.standing('client-1').map(({ used }) => used) }
}
