/** Keys, limits and accounts as the application describes them. */
import type { Account, Key, Meter } from '../../src-preload/contract/index.ts'

export function key(changes: Partial<Key> = {}): Key {
  return {
    id: 'key_1',
    label: 'one',
    provider: 'openai',
    hint: 'sk-…0001',
    tags: [],
    notes: '',
    enabled: true,
    state: 'ready',
    reason: null,
    model: null,
    until: null,
    identifier: null,
    inFlight: 0,
    pools: [],
    limits: {},
    limitZone: 'UTC',
    budget: null,
    outbound: null,
    account: null,
    expiresAt: null,
    lastUsedAt: null,
    checkedAt: null,
    createdAt: 0,
    ...changes,
  }
}

export function meter(changes: Partial<Meter> = {}): Meter {
  return {
    scope: 'account',
    model: null,
    unit: 'requests',
    per: 'minute',
    windowSeconds: 60,
    limit: 10,
    used: 0,
    reserved: 0,
    resetsAt: null,
    source: 'set',
    pace: 0,
    endsAt: null,
    ...changes,
  }
}

export function account(changes: Partial<Account> = {}): Account {
  return { id: 'org-1', source: 'discovered', keys: [{ id: 'key_1', label: 'one', state: 'ready' }], meters: [], ...changes }
}
