import { expect, test } from 'vitest'
import { answerCacheOf, createCacheService, sweepCache } from '../../src-main/services/cache.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import type { AuditRow } from '../../src-main/storage/types.ts'
import { newStorage } from '../storage/fixtures.ts'

const hour = 3_600_000
const usage = {
  inputTokens: 10,
  outputTokens: 20,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  model: 'gpt-5',
  chargedUsd: 0.001,
}

async function house(cacheMb: number) {
  const storage = await newStorage({ cacheDeadlineMs: 60_000 })
  const catalog = createCatalog(storage, { ...(await storage.load()), settings: { cacheMb } })
  return { storage, catalog, cache: answerCacheOf(storage.cache, catalog) }
}

test('an answer comes back with its status, headers, bytes and usage', async () => {
  const { storage, cache } = await house(1)
  const answer = { status: 200, headers: ['content-type', 'application/json'], body: Buffer.from('{"a":1}'), usage }
  cache.keep('q', answer, hour)
  await storage.cache.info()
  const found = await cache.find('q')
  expect(found && { ...found, body: Buffer.from(found.body).toString() }).toEqual({ ...answer, body: '{"a":1}' })
  expect(await cache.find('other')).toBeNull()
})

test('all of them together take no more than the setting says, also after it was lowered', async () => {
  const { storage, catalog, cache } = await house(3)
  const body = Buffer.alloc(200_000, 'x')
  for (let n = 0; n < 30; n += 1) cache.keep(`q${n}`, { status: 200, headers: [], body, usage: null }, hour)
  const before = await storage.cache.info()
  expect(before.bytes).toBeGreaterThan(2_000_000)
  expect(before.bytes).toBeLessThan(3 * 1024 * 1024)
  await catalog.commit({ putSettings: { cacheMb: 1 } })
  await sweepCache(storage.cache, catalog)
  const after = await storage.cache.info()
  expect(after.entries).toBeGreaterThan(0)
  expect(after.bytes).toBeLessThan(1024 * 1024)
  expect(await cache.find('q29')).not.toBeNull()
})

test('clearing is written down', async () => {
  const { storage, cache } = await house(1)
  const audit: AuditRow[] = []
  const commit = async (writes: { audit?: AuditRow[] }) => void audit.push(...(writes.audit ?? []))
  const service = createCacheService(storage.cache, { commit }, { now: () => 5 })
  cache.keep('q', { status: 200, headers: [], body: Buffer.from('1'), usage: null }, hour)
  expect(await service.info()).toMatchObject({ entries: 1 })
  await service.clear('local')
  expect(await service.info()).toEqual({ entries: 0, bytes: 0 })
  expect(audit).toEqual([{ at: 5, actor: 'local', action: 'cache.clear', subject: 'kept answers' }])
})
