import { expect, test } from 'vitest'
import type { Provider, RemotePool, User } from '../../src-preload/contract/index.ts'
import { linkCreate, userPatch } from '../../src-preload/contract/remote.ts'
import { movedUp } from '../../src-renderer/parts/moved-up.ts'
import { creditIssues, newCreditRule, withCredits } from '../../src-renderer/screens/settings/credit-rows.ts'
import { linkDraftOf, linkIssues, linkOf } from '../../src-renderer/screens/settings/remotes/link-draft.ts'
import { userDraftOf, userIssues, userPatchOf } from '../../src-renderer/screens/settings/server/user-draft.ts'

const user: User = {
  id: 'u1',
  username: 'ann',
  email: '',
  role: 'user',
  mayReveal: false,
  pools: [],
  active: true,
  createdAt: 0,
  lastLoginAt: null,
}

const provider = (id: string): Provider => ({
  id,
  name: id.toUpperCase(),
  baseUrl: `https://${id}.example.com`,
  auth: { in: 'header', name: 'authorization', format: 'Bearer {key}' },
  freeCheck: true,
  keysUrl: null,
  keyHint: '',
  presets: [],
  resetZone: 'UTC',
})

const offered: RemotePool = { identifier: 'Team Pool', name: 'Team', description: '', clientType: 'Gemini', keys: 2, pool: null }

test('a user keeps the present password and the pools unless others are said', () => {
  const before = userDraftOf(user)
  expect(userPatchOf(before, before)).toEqual({})
  expect(userIssues({ ...before, role: 'admin' }, before)).toEqual({})
  expect(userPatch.parse(userPatchOf(before, { ...before, password: 'long enough', pools: null }))).toEqual({
    password: 'long enough',
    pools: null,
  })
  expect(Object.keys(userIssues({ ...before, password: 'short' }, before))).toEqual(['password'])
  expect(Object.keys(userIssues(userDraftOf(null), null)).toSorted()).toEqual(['password', 'username'])
})

test('a link begins with a name that a pool may have, and the provider that the server names', () => {
  const draft = linkDraftOf(offered, [provider('openai'), provider('gemini')])
  expect(draft).toMatchObject({ mode: 'proxy', pool: 'team-pool', provider: 'gemini' })
  expect(linkDraftOf({ ...offered, clientType: '' }, [provider('openai')]).provider).toBe('openai')
  expect(linkCreate.parse(linkOf('Team Pool', draft))).toEqual({
    identifier: 'Team Pool',
    mode: 'proxy',
    pool: 'team-pool',
    interval: 60,
    report: false,
  })
})

test('a synced link says its provider, its address only where one is given; what is wrong is named', () => {
  const draft = { ...linkDraftOf(offered, [provider('gemini')]), mode: 'sync' as const }
  expect(linkOf('p', draft)).toEqual({
    identifier: 'p',
    mode: 'sync',
    pool: 'team-pool',
    provider: 'gemini',
    interval: 60,
    report: true,
  })
  expect(linkOf('p', { ...draft, baseUrl: ' https://x.example.com ' }).baseUrl).toBe('https://x.example.com')
  expect(Object.keys(linkIssues('p', { ...draft, interval: Number.NaN }))).toEqual(['interval'])
  expect(Object.keys(linkIssues('p', { ...draft, pool: 'v1' }))).toEqual(['pool'])
})

test('an emptied amount of credits is refused, never taken for nothing', () => {
  const rule = { ...newCreditRule, model: '*' }
  expect(creditIssues([rule])).toEqual(new Map())
  expect([...creditIssues([rule, newCreditRule, withCredits(rule, 'perUsd', '')]).keys()]).toEqual(['1.model', '2.perUsd'])
  expect(withCredits(rule, 'perCall', '0.5').perCall).toBe(0.5)
})

test('the first rule that fits counts, so one can be moved up', () => {
  expect(movedUp(['a', 'b', 'c'], 2)).toEqual(['a', 'c', 'b'])
  expect(movedUp(['a'], 5)).toEqual(['a'])
})
