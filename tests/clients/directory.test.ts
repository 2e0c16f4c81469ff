/** Clients' tokens: made, looked up, revoked, seen. */
import { describe, expect, test } from 'vitest'
import { createClientDirectory, hashToken, newToken } from '../../src-main/clients/index.ts'
import type { ClientIdentity } from '../../src-main/clients/types.ts'

const editor: ClientIdentity = { id: 'c1', name: 'Editor', pools: null, models: null, lane: 'interactive', expiresAt: null }

test('a token has 256 random bits behind its prefix, and its hash and hint are of it', () => {
  const made = Array.from({ length: 200 }, newToken)
  for (const { token, hash, hint } of made) {
    expect(token).toMatch(/^kw_[A-Za-z0-9_-]{43}$/)
    expect(hash).toBe(hashToken(token))
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(token.endsWith(hint)).toBe(true)
    expect(hint).toHaveLength(4)
  }
  expect(new Set(made.map((one) => one.token)).size).toBe(200)
})

test('a client is found by its token and by nothing else', () => {
  const directory = createClientDirectory()
  const { token, hash } = newToken()
  directory.set(hash, { ...editor, pools: ['openai'], models: ['gpt-*'] })
  expect(directory.authorise(token, 1)).toEqual({ ...editor, pools: ['openai'], models: ['gpt-*'] })
  for (const wrong of ['', 'kw_', hash, token.slice(0, -1), `${token}A`, token.toUpperCase(), ` ${token}`, newToken().token]) {
    expect(directory.authorise(wrong, 1)).toBeNull()
  }
})

test('a removed client and a replaced token stop working at once', () => {
  const directory = createClientDirectory()
  const [first, second] = [newToken(), newToken()]
  directory.set(first.hash, editor)
  directory.set(second.hash, editor)
  expect(directory.authorise(first.token, 1)).toBeNull()
  expect(directory.authorise(second.token, 1)?.id).toBe('c1')
  directory.remove(second.hash)
  expect(directory.authorise(second.token, 1)).toBeNull()
  directory.remove(second.hash)
})

test('setting a client again under the same token changes what it may use', () => {
  const directory = createClientDirectory()
  const { token, hash } = newToken()
  directory.set(hash, editor)
  directory.set(hash, { ...editor, pools: ['a'] })
  expect(directory.authorise(token, 1)?.pools).toEqual(['a'])
})

test('when a client was last seen is remembered until it is removed', () => {
  const directory = createClientDirectory()
  const { token, hash } = newToken()
  directory.set(hash, editor)
  expect(directory.lastSeen('c1')).toBeNull()
  directory.authorise(token, 1000)
  directory.authorise('kw_wrong', 1500)
  directory.authorise(token, 2000)
  expect(directory.lastSeen('c1')).toBe(2000)
  directory.remove(hash)
  expect(directory.lastSeen('c1')).toBeNull()
})

describe('a token that ends', () => {
  test('works until its end and never after it, also when the clock is set back', () => {
    const directory = createClientDirectory()
    const { token, hash } = newToken()
    directory.set(hash, { ...editor, expiresAt: 1000 })
    expect(directory.authorise(token, 999)?.id).toBe('c1')
    expect(directory.authorise(token, 1000)).toBeNull()
    expect(directory.authorise(token, 1)).toBeNull()
    expect(directory.lastSeen('c1')).toBe(999)
  })

  test('works on when its end is put off', () => {
    const directory = createClientDirectory()
    const { token, hash } = newToken()
    directory.set(hash, { ...editor, expiresAt: 1000 })
    expect(directory.authorise(token, 1500)).toBeNull()
    directory.set(hash, { ...editor, expiresAt: 2000 })
    expect(directory.authorise(token, 1500)?.id).toBe('c1')
  })
})
