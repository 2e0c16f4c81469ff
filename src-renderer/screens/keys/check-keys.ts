/** Checks many keys as a task, each at no cost, with a summary. Those of an upstream that cannot be reached wait for it. */
import { getI18n } from 'react-i18next'
import type { KeyChecksEvent, PausedChecks } from '../../../src-preload/contract/index.ts'
import { type Client, ConnectionError } from '../../bridge/index.ts'
import { problemOf } from '../../parts/problem.ts'
import { maskAnswer } from '../../privacy/mask.ts'
import { privacy } from '../../privacy/privacy.ts'
import { runTask } from '../../tasks/tasks.ts'

export interface CheckCounts {
  ok: number
  bad: number
  /** No free check, or no answer. */
  skipped: number
  /** What cannot be reached now; its keys wait. */
  paused: readonly PausedChecks[]
}

export const noChecks: CheckCounts = { ok: 0, bad: 0, skipped: 0, paused: [] }

/**
 * `before` = how others came out that are counted with them. `onChange` is called after each key and each pause, also when the person
 * tries again later. Resolves when all are done, given up or the person stopped it.
 */
export async function checkKeys(
  client: Pick<Client, 'keys'>,
  ids: readonly string[],
  onChange: (counts: CheckCounts) => void = () => {},
  before: CheckCounts = noChecks,
): Promise<void> {
  await runTask({
    title: () => getI18n().t('keys:checks.title', { count: ids.length }),
    total: ids.length,
    async work(step, signal, wait) {
      const left = new Set(ids)
      let [counts, all] = [noChecks, { ...before, paused: noChecks.paused }]
      const away = new Set<string>()
      await follow(client, ids, signal, (event) => {
        if (event.type === 'paused') wait(event.upstreams.length === 0 ? null : () => waitText(event.upstreams))
        if (event.type === 'left') away.add(event.host)
        for (const id of doneBy(event)) if (left.delete(id)) step()
        counts = countsAfter(counts, event)
        all = countsAfter(all, event)
        onChange(all)
      })
      const summary = () => summaryOf(counts, left.size, [...away])
      if (left.size === 0 || signal.aborted) return summary
      return { summary, again: () => void checkKeys(client, [...left], onChange, all) }
    },
  })
}

async function follow(
  client: Pick<Client, 'keys'>,
  ids: readonly string[],
  signal: AbortSignal,
  tell: (event: KeyChecksEvent) => void,
): Promise<void> {
  try {
    for await (const event of await client.keys.checkMany({ ids: [...ids] }, { signal })) {
      if (signal.aborted) return
      tell(event)
    }
  } catch (error) {
    if (signal.aborted) return
    // A stream that breaks off is a lost line, whatever the browser calls it.
    throw problemOf(error).code === 'UNREACHABLE' ? new ConnectionError('lost') : error
  }
}

function doneBy(event: KeyChecksEvent): string[] {
  if (event.type === 'checked') return [event.check.id]
  return event.type === 'skipped' ? [event.id] : []
}

function countsAfter(counts: CheckCounts, event: KeyChecksEvent): CheckCounts {
  if (event.type === 'paused') return { ...counts, paused: event.upstreams }
  if (event.type === 'left') return counts
  const how = event.type === 'skipped' ? 'skipped' : verdictOf(event.check)
  return { ...counts, [how]: counts[how] + 1 }
}

/** A provider that has too much to do, or breaks off, says nothing about the key. */
function verdictOf({ usable, outcome }: Extract<KeyChecksEvent, { type: 'checked' }>['check']): 'ok' | 'bad' | 'skipped' {
  if (usable) return 'ok'
  return outcome === 'key-invalid' || outcome === 'no-credit' ? 'bad' : 'skipped'
}

/** What the checks wait for, in a sentence. */
export function waitText(upstreams: readonly PausedChecks[]): string {
  const { t } = getI18n()
  const [first, ...more] = upstreams
  const left = upstreams.reduce((sum, upstream) => sum + upstream.left, 0)
  const words = { ...hosting(first?.host ?? ''), left }
  if (upstreams.every(({ unreached }) => unreached === 'proxy')) return t('keys:checks.waitProxy', words)
  return more.length === 0 ? t('keys:checks.wait', words) : t('keys:checks.waitMore', { ...words, count: more.length })
}

function summaryOf({ ok, bad, skipped }: CheckCounts, left: number, away: readonly string[]): string {
  const { t } = getI18n()
  const summary = t('keys:checks.summary', { ok, bad, skipped })
  if (left === 0) return summary
  const rest = t('keys:checks.left', { count: left })
  const [host] = away
  return [summary, rest, ...(host === undefined ? [] : [t('keys:checks.stayedAway', hosting(away.join(', ')))])].join(' · ')
}

/** It may have come before privacy mode began. */
const hosting = (host: string) => (privacy.on() ? maskAnswer('keys', { host }) : { host })
