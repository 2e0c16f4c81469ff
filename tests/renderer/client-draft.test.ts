import { expect, test } from 'vitest'
import { approvalDecision } from '../../src-preload/contract/approval.ts'
import { clientCreate, clientPatch } from '../../src-preload/contract/client.ts'
import type { Approval, Client } from '../../src-preload/contract/index.ts'
import {
  clientIssues,
  createOf,
  decisionOf,
  draftOf,
  draftOfApproval,
  newClient,
  patchOf,
  withNewQuota,
} from '../../src-renderer/screens/connect/clients/client-draft.ts'

const client: Client = {
  id: 'c1',
  name: 'editor',
  pools: null,
  lane: 'interactive',
  models: null,
  budget: null,
  quotas: [
    { duration: 'DAY', credits: 100, start: 1_700_000_012_345, zone: 'Europe/Berlin', used: 3, remaining: 97, renewsAt: 1 },
    { duration: 'YEAR', credits: -1, start: 0, zone: 'UTC', used: 3, remaining: -1, renewsAt: 1 },
  ],
  expiresAt: 1_900_000_000_123,
  revokedAt: null,
  state: 'active',
  tokenHint: 'abcd',
  createdAt: 0,
  lastSeenAt: null,
}

const approval: Approval = {
  id: 'a1',
  code: 'K7TX-42',
  name: 'terminal',
  pools: ['chat'],
  state: 'pending',
  address: '127.0.0.1',
  process: null,
  createdAt: 0,
  expiresAt: 1,
  decidedAt: null,
  clientId: null,
  clientState: null,
}

test('a new client is what the application takes, and needs no more than a name', () => {
  expect(clientIssues(newClient(), null).map(({ path }) => path)).toEqual(['name'])
  expect(clientCreate.parse(createOf({ ...newClient(), name: 'x' }))).toEqual({
    name: 'x',
    lane: 'interactive',
    budget: null,
    quotas: [],
    expiresAt: null,
  })
})

test('no pool chosen is never "all pools"', () => {
  const none = { ...newClient(), name: 'x', pools: [] }
  expect(createOf(none)).toMatchObject({ pools: [] })
  expect(clientIssues(none, null).map(({ path }) => path)).toEqual(['pools'])
  expect(decisionOf({ ...draftOfApproval(approval), pools: [] }).pools).toEqual([])
})

test('a change of one quota keeps the instants of the others to the millisecond', () => {
  const before = draftOf(client)
  const quotas = before.quotas.map((quota, at) => (at === 0 ? { ...quota, credits: 200 } : quota))
  const patch = patchOf(before, { ...before, quotas })
  expect(clientPatch.parse(patch)).toEqual({
    quotas: [
      { duration: 'DAY', credits: 200, start: 1_700_000_012_345, zone: 'Europe/Berlin' },
      { duration: 'YEAR', credits: -1, start: 0, zone: 'UTC' },
    ],
  })
})

test('only what was changed is said; a client whose pools are gone can be changed without giving it all of them', () => {
  const before = draftOf({ ...client, pools: [] })
  expect(patchOf(before, before)).toEqual({})
  expect(clientIssues({ ...before, name: 'other' }, before)).toEqual([])
  expect(patchOf(before, { ...before, models: [], expiresAt: null })).toEqual({ expiresAt: null })
  expect(patchOf({ ...before, models: ['a'] }, before)).toEqual({ models: null })
})

test('what is wrong is named where it stands', () => {
  const quotas = [{ duration: 'DAY', credits: -5, start: null, zone: 'Nowhere/Land' } as const]
  const paths = clientIssues({ ...newClient(), name: 'x', models: ['a*b'], quotas }, null).map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['models.0', 'quotas.0.credits', 'quotas.0.zone']))
})

test('every duration is offered once, the day first', () => {
  let quotas = withNewQuota([])
  expect(quotas?.[0]?.duration).toBe('DAY')
  for (let n = 1; n < 7; n += 1) quotas = withNewQuota(quotas ?? [])
  expect(new Set(quotas?.map(({ duration }) => duration)).size).toBe(7)
  expect(withNewQuota(quotas ?? [])).toBeNull()
})

test('what a program asked for is where its approval begins', () => {
  expect(approvalDecision.parse(decisionOf(draftOfApproval(approval)))).toEqual({
    name: 'terminal',
    lane: 'interactive',
    budget: null,
    quotas: [],
    expiresAt: null,
    pools: ['chat'],
  })
})
