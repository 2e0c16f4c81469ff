/** The check of many keys as a task: what it says while it waits, and what is left when it ends. */
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { KeyChecksEvent } from '../../src-preload/contract/index.ts'
import { createI18n } from '../../src-renderer/i18n/index.ts'
import { type CheckCounts, checkKeys, waitText } from '../../src-renderer/screens/keys/check-keys.ts'
import { cancelTask, tasks } from '../../src-renderer/tasks/tasks.ts'

type Asked = Parameters<typeof checkKeys>[0]
type Script = (ids: readonly string[], signal: AbortSignal) => AsyncGenerator<KeyChecksEvent>

beforeEach(async () => {
  tasks.set([])
  await createI18n('en')
})

// Other files in this worker speak English.
afterAll(() => createI18n('en'))

const clientOf = (script: Script) =>
  ({
    keys: {
      checkMany: (input: { ids: string[] }, { signal }: { signal: AbortSignal }) => Promise.resolve(script(input.ids, signal)),
    },
  }) as unknown as Asked

const checked = (id: string, outcome = 'ok'): KeyChecksEvent => ({
  type: 'checked',
  check: { id, usable: outcome === 'ok', outcome, message: '', checkedAt: 1, unreached: null },
})
const openai = { host: 'api.openai.com', unreached: 'network', left: 37 } as const
const paused = (...upstreams: (typeof openai)[]): KeyChecksEvent => ({ type: 'paused', upstreams })
const last = () => {
  const task = tasks.get().at(-1)
  if (!task) throw new Error('no task')
  return task
}

test('it counts each key, says what it waits for, and goes on when that answers', async () => {
  const waits: (string | undefined)[] = []
  const counts: CheckCounts[] = []
  const client = clientOf(async function* () {
    yield checked('a')
    yield paused(openai)
    waits.push(last().waits?.())
    yield checked('b', 'key-invalid')
    yield paused()
    waits.push(last().waits?.())
    yield { type: 'skipped', id: 'c', code: 'CHECK_UNAVAILABLE' }
    yield checked('d', 'overloaded')
  })
  await checkKeys(client, ['a', 'b', 'c', 'd'], (now) => counts.push(now))
  expect(waits).toEqual(['api.openai.com cannot be reached: checks wait, 37 left', undefined])
  expect(last()).toMatchObject({ state: 'done', done: 4, total: 4, again: null })
  expect(last().summary?.()).toBe('1 work · 1 do not · 2 could not be checked')
  expect(counts.map(({ paused: { length } }) => length)).toEqual([0, 1, 1, 0, 0, 0])
  expect(counts.at(-1)).toEqual({ ok: 1, bad: 1, skipped: 2, paused: [] })
})

test('what stayed away is said with how many it left, and they can be tried again: the sums go on', async () => {
  const asked: (readonly string[])[] = []
  const counts: CheckCounts[] = []
  const client = clientOf(async function* (ids) {
    asked.push(ids)
    yield checked(ids[0] ?? '')
    if (asked.length === 1) yield { type: 'left', host: openai.host, ids: ids.slice(1) }
    else yield checked(ids[1] ?? '')
  })
  await checkKeys(client, ['a', 'b', 'c'], (now) => counts.push(now))
  expect(last()).toMatchObject({ state: 'done', done: 1, total: 3 })
  const summary = '1 work · 0 do not · 0 could not be checked · 2 were not looked at · api.openai.com could not be reached'
  expect(last().summary?.()).toBe(summary)
  last().again?.()
  await expect.poll(() => last()).toMatchObject({ state: 'done', done: 2, total: 2, again: null })
  expect(asked).toEqual([
    ['a', 'b', 'c'],
    ['b', 'c'],
  ])
  expect(counts.at(-1)).toMatchObject({ ok: 3 })
})

test('stopped while it waits, it ends at once, with what came of it', async () => {
  const client = clientOf(async function* (_ids, signal) {
    yield checked('a')
    yield paused(openai)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  })
  const ended = checkKeys(client, ['a', 'b'])
  await expect.poll(() => last().waits).not.toBeNull()
  cancelTask(last().id)
  await ended
  expect(last()).toMatchObject({ state: 'cancelled', again: null })
  expect(last().summary?.()).toBe('1 work · 0 do not · 0 could not be checked · 1 was not looked at')
})

test('a line that breaks ends it in words of the page, and nothing is thrown', async () => {
  const client = clientOf(async function* () {
    yield checked('a')
    await Promise.reject(new TypeError('network error'))
  })
  await checkKeys(client, ['a', 'b'])
  expect([last().state, last().summary?.()]).toEqual(['failed', 'Keywheel does not answer.'])
})

test('several upstreams, and a proxy on the way, have words of their own, in both languages', async () => {
  const others = [openai, { ...openai, host: 'api.x.ai', left: 3 }, { ...openai, host: 'api.groq.com', left: 1 }]
  const proxied = [{ ...openai, unreached: 'proxy' as const }]
  const words = () => [[openai], others.slice(0, 2), others, proxied].map(waitText)
  expect(words()).toEqual([
    'api.openai.com cannot be reached: checks wait, 37 left',
    'api.openai.com and 1 other cannot be reached: checks wait, 40 left',
    'api.openai.com and 2 others cannot be reached: checks wait, 41 left',
    'The proxy on the way to api.openai.com cannot be reached: checks wait, 37 left',
  ])
  await createI18n('zh')
  expect(words()).toEqual([
    '无法连接 api.openai.com：检查暂停，剩余 37 个',
    '无法连接 api.openai.com 及另外 1 处：检查暂停，剩余 40 个',
    '无法连接 api.openai.com 及另外 2 处：检查暂停，剩余 41 个',
    '无法连接通往 api.openai.com 的代理：检查暂停，剩余 37 个',
  ])
})
