/** Tests keys with their own tests, and sorts them by what comes out. */
import type { Clock, PoolEngine } from '../pool/types.ts'
import type { ApiKey } from './api-key.ts'
import { bounded } from './bounded.ts'
import type { KeepAlive } from './clock.ts'
import { eachLimited } from './concurrent.ts'
import { CallTimeoutError } from './errors.ts'
import type { Judge } from './judge.ts'
import type { Member, Members } from './members.ts'
import type { StatsCollector } from './stats.ts'
import { StatusCollection, type StatusId } from './status.ts'

/** What a check has found, in the order of the keys. */
export interface UsabilityReport<Client = unknown> {
  readonly total: number
  readonly usable: readonly ApiKey<Client>[]
  /** Archived. `error` is what the test threw; undefined = it said no. */
  readonly unusable: readonly { readonly key: ApiKey<Client>; readonly error: unknown }[]
  /** Still in the pool, cooling down. */
  readonly limited: readonly ApiKey<Client>[]
}

interface Parts<Client> {
  engine: PoolEngine
  members: Members<Client>
  stats: StatsCollector
  clock: Clock
  keepAlive: KeepAlive
  judge: Judge
}

type Finding = { kind: 'usable' } | { kind: 'unusable'; error: unknown } | { kind: 'limited'; error: unknown }

/** Checks at once: a check is a call, and a provider must not take many for an attack. */
const CHECKS_AT_ONCE = 8

export async function checkAll<Client>(parts: Parts<Client>, timeoutMs: number): Promise<UsabilityReport<Client>> {
  const { members } = parts
  const failedBefore = [...members.archived.values()].filter(({ archivedBy }) => archivedBy === 'check')
  const checked = [...members.active.values(), ...failedBefore]
  const findings: Finding[] = []
  const check = async (member: Member<Client>, index: number) => {
    const { key } = member
    const finding = await test(parts, member, timeoutMs)
    findings[index] = finding
    // It was replaced or taken out while it was tested.
    if (member.key === key && member.archivedBy !== 'hand' && member.archivedBy !== 'refresh') settle(parts, member, finding)
  }
  await parts.keepAlive.during(() => eachLimited(checked, CHECKS_AT_ONCE, check))
  const found = checked.map(({ key }, index) => ({ key, finding: findings[index] as Finding }))
  return {
    total: checked.length,
    usable: found.filter(({ finding }) => finding.kind === 'usable').map(({ key }) => key),
    unusable: found.flatMap(({ key, finding }) => (finding.kind === 'unusable' ? [{ key, error: finding.error }] : [])),
    limited: found.filter(({ finding }) => finding.kind === 'limited').map(({ key }) => key),
  }
}

async function test<Client>({ clock, judge }: Parts<Client>, { key }: Member<Client>, timeoutMs: number): Promise<Finding> {
  try {
    const isUsable = await bounded(
      key.connectClient().then((client) => key.testUsability(client)),
      {
        clock,
        timeoutMs,
        signal: undefined,
        timeout: () => new CallTimeoutError('testUsability', timeoutMs),
        stop: () => undefined,
      },
    )
    return isUsable ? { kind: 'usable' } : { kind: 'unusable', error: undefined }
  } catch (error) {
    return { kind: judge(error, clock.now()) ? 'limited' : 'unusable', error }
  }
}

function settle<Client>({ engine, members, stats, clock, judge }: Parts<Client>, member: Member<Client>, finding: Finding): void {
  const record = (status: StatusId) => stats.addEvent(member.primaryKey, status, null, 'check_usable')
  switch (finding.kind) {
    case 'usable':
      record(StatusCollection.c1_Success.id)
      if (member.archivedBy !== null || member.pausedUntil > 0) members.put(member.key)
      engine.observe(member.id, { class: 'ok' })
      return
    case 'limited':
      record(StatusCollection.c9_ReachLimit.id)
      engine.observe(member.id, judge(finding.error, clock.now()) ?? { class: 'rate-short' })
      return
    case 'unusable':
      record(StatusCollection.c5_Failed.id)
      members.archive(member, 'check')
  }
}
