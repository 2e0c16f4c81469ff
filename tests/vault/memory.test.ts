import { expect, it } from 'vitest'
import { SecretMemory } from '../../src-main/vault/memory.ts'

const stored = (secret: string) => ({ secret, audience: [], createdAt: 0 })

it.each([
  ['wiped', (memory: SecretMemory) => memory.wipe()],
  ['deleted', (memory: SecretMemory) => memory.delete('a')],
  ['replaced', (memory: SecretMemory) => memory.put('a', 2, stored('sk-new'))],
])('zeroes the bytes of a secret that is %s', (_name, forget) => {
  const memory = new SecretMemory()
  memory.put('a', 1, stored('sk-canary'))
  const bytes = memory.get('a')?.secret
  expect(bytes?.toString()).toBe('sk-canary')
  forget(memory)
  expect(bytes?.every((byte) => byte === 0)).toBe(true)
  expect(memory.get('a')?.secret.toString()).not.toBe('sk-canary')
})

it('shares no memory with other buffers, which are pooled and never wiped', () => {
  const memory = new SecretMemory()
  memory.put('a', 1, stored('sk-canary'))
  expect(memory.get('a')?.secret.buffer.byteLength).toBe('sk-canary'.length)
})
