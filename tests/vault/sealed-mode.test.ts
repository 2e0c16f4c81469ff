import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Bench, bench, key, openai } from './support/bench.ts'

const passphrase = 'correct horse battery'
const sealedBy = async (slot: 'passphrase' | 'key-file' | 'keychain'): Promise<Bench> => {
  const made = await bench()
  await made.vault.create({ mode: 'sealed', slot: slot === 'passphrase' ? { kind: slot, passphrase } : { kind: slot } })
  return made
}

describe('a sealed vault', () => {
  it.each(['passphrase', 'key-file', 'keychain'] as const)(
    'opens again by its %s slot with the same keys and fingerprints',
    async (kind) => {
      const made = await sealedBy(kind)
      await made.add(key('a'), key('b'))
      const print = made.vault.fingerprint('sk-a')
      const vault = made.restart()
      const status = await vault.unlock(kind === 'passphrase' ? { passphrase } : {})
      expect(status).toMatchObject({ state: 'unlocked', mode: 'sealed', reason: null, records: 2, slots: [{ kind }] })
      expect(vault.get('a')).toEqual(key('a'))
      expect(vault.fingerprint('sk-a')).toBe(print)
      expect(vault.fingerprint('sk-b')).not.toBe(print)
    },
  )

  it('keeps no secret, passphrase or data key in readable form on disk', async () => {
    const made = await sealedBy('passphrase')
    await made.add(key('a', 'sk-canary-canary-canary'))
    const disk = made.store.dump()
    for (const text of ['sk-canary-canary-canary', passphrase]) {
      for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
        expect(disk).not.toContain(Buffer.from(text).toString(encoding))
      }
    }
  })

  it('reads the keychain once when it opens and never for a request', async () => {
    const made = await sealedBy('keychain')
    await made.add(key('a'))
    const vault = made.restart()
    made.keychain.calls.length = 0
    await vault.unlock({})
    vault.secretFor('a', openai)
    vault.fingerprint('x')
    await made.add(key('b'))
    expect(made.keychain.calls).toEqual([expect.stringMatching(/^get vault:/)])
  })

  it('gives a secret to its audience only', async () => {
    const made = await sealedBy('key-file')
    await made.add(key('a'))
    expect(made.vault.secretFor('a', openai)).toBe(key('a').secret)
    for (const origin of [
      'https://evil.example',
      'http://api.openai.com',
      'https://api.openai.com:8443',
      `${openai}.evil.example`,
      '',
      'null',
    ]) {
      expect(() => made.vault.secretFor('a', origin)).toThrow(expect.objectContaining({ code: 'AUDIENCE_MISMATCH' }))
    }
    expect(() => made.vault.secretFor('b', openai)).toThrow(expect.objectContaining({ code: 'KEY_NOT_FOUND' }))
  })

  it('refuses an audience that is not an origin, and a secret that no header can carry, without showing it', async () => {
    const made = await sealedBy('key-file')
    for (const audience of ['https://api.openai.com/', 'api.openai.com', 'file:///etc', 'https://HOST.example']) {
      await expect(made.add({ ...key('a'), audience: [audience] })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
    for (const secret of ['', 'sk-canary with blank', 'sk-canary\n', 'sk-\0canary']) {
      await expect(made.add(key('a', secret))).rejects.toMatchObject({
        code: 'INVALID_KEY_CHARS',
        message: expect.not.stringContaining('canary'),
      })
    }
    await expect(made.add(key('a'), key('a'))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(made.store.rows.size).toBe(0)
  })

  it('holds nothing of a batch whose commit fails', async () => {
    const made = await sealedBy('key-file')
    await made.add(key('a', 'sk-old'))
    const failing = made.vault.set([key('a', 'sk-new'), key('b')], () => Promise.reject(new Error('disk full')))
    await expect(failing).rejects.toThrow('disk full')
    expect(made.vault.get('a').secret).toBe('sk-old')
    expect(() => made.vault.get('b')).toThrow(expect.objectContaining({ code: 'KEY_NOT_FOUND' }))
    await expect(made.vault.remove(['a'], () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full')
    expect(made.vault.get('a').secret).toBe('sk-old')
  })

  it('replaces and removes', async () => {
    const made = await sealedBy('key-file')
    await made.add(key('a', 'sk-old'), key('b'))
    await made.add({ id: 'a', secret: 'sk-new', audience: [] })
    await made.vault.remove(['b'], (writes) => made.store.apply(writes))
    const vault = made.restart()
    await vault.unlock({})
    expect(vault.get('a')).toEqual({ id: 'a', secret: 'sk-new', audience: [] })
    expect(made.store.rows.get('a')?.revision).toBe(2)
    expect([...made.store.rows.keys()]).toEqual(['a'])
  })

  it('stores 10,000 keys in one commit and gives the event loop a turn every 250', async () => {
    const made = await sealedBy('key-file')
    const many = Array.from({ length: 10_000 }, (_, index) => key(`k${index}`))
    let turns = 0
    let running = true
    const count = () => {
      turns++
      if (running) setImmediate(count)
    }
    setImmediate(count)
    let commits = 0
    await made.vault.set(many, async (writes) => {
      commits++
      await made.store.apply(writes)
    })
    running = false
    expect(commits).toBe(1)
    expect(turns).toBeGreaterThanOrEqual(39)
    const vault = made.restart()
    expect(await vault.unlock({})).toMatchObject({ state: 'unlocked', records: 10_000 })
    expect(vault.get('k9999').secret).toBe(key('k9999').secret)
  })

  it('commits nothing that was sealed while it closed', async () => {
    const made = await sealedBy('key-file')
    const many = Array.from({ length: 1000 }, (_, index) => key(`k${index}`))
    const setting = made.add(...many)
    setImmediate(() => made.vault.close())
    await expect(setting).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    expect(made.store.rows.size).toBe(0)
  })

  it('forgets everything when it closes', async () => {
    const made = await sealedBy('key-file')
    await made.add(key('a'))
    made.vault.close()
    for (const call of [() => made.vault.get('a'), () => made.vault.secretFor('a', openai), () => made.vault.fingerprint('x')]) {
      expect(call).toThrow(expect.objectContaining({ code: 'VAULT_LOCKED' }))
    }
    await expect(made.add(key('b'))).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    expect(made.vault.status()).toMatchObject({ state: 'locked', records: 0 })
  })
})

describe('slots', () => {
  it('changes the passphrase: the new one opens, the old one does not, the keys stay', async () => {
    const made = await sealedBy('passphrase')
    await made.add(key('a'))
    const [old] = made.vault.status().slots
    await made.vault.addSlot({ kind: 'passphrase', passphrase: 'another passphrase' })
    await made.vault.removeSlot(old?.id ?? '')
    const vault = made.restart()
    await expect(vault.unlock({ passphrase })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
    expect(await vault.unlock({ passphrase: 'another passphrase' })).toMatchObject({ state: 'unlocked', records: 1 })
  })

  it('takes a passphrase in whichever Unicode form a system types it', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'passphrase', passphrase: 'schl\u00fcssel' } })
    expect(await made.restart().unlock({ passphrase: 'schlu\u0308ssel' })).toMatchObject({ state: 'unlocked' })
  })

  it('keeps the last slot, and knows no other', async () => {
    const made = await sealedBy('key-file')
    const [slot] = made.vault.status().slots
    await expect(made.vault.removeSlot(slot?.id ?? '')).rejects.toMatchObject({ code: 'LAST_SLOT' })
    await expect(made.vault.removeSlot('nonesuch')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('removes the keychain entry of a removed keychain slot, and gives the next one another name', async () => {
    const made = await sealedBy('keychain')
    const [first] = made.keychain.entries.keys()
    await made.vault.addSlot({ kind: 'keychain' })
    const [old] = made.vault.status().slots
    await made.vault.removeSlot(old?.id ?? '')
    expect([...made.keychain.entries.keys()]).toEqual([first?.replace(/g1$/, 'g2')])
    expect(await made.restart().unlock({})).toMatchObject({ state: 'unlocked' })
  })

  it('keeps what is to be deleted in mind while the keychain is locked', async () => {
    const made = await sealedBy('keychain')
    await made.vault.addSlot({ kind: 'key-file' })
    made.keychain.locked = true
    await made.vault.removeSlot(made.vault.status().slots.find(({ kind }) => kind === 'keychain')?.id ?? '')
    expect(made.keychain.entries.size).toBe(1)
    made.keychain.locked = false
    await made.restart().unlock({})
    expect([made.keychain.entries.size, made.store.intents.size]).toEqual([0, 0])
  })

  it('makes the key file with mode 0600, and never writes over one', async () => {
    const made = await sealedBy('key-file')
    const path = join(made.dataDir, 'vault.key')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const foreign = join(made.dataDir, 'notes.txt')
    await writeFile(foreign, 'my notes')
    await expect(made.vault.addSlot({ kind: 'key-file', path: foreign })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await made.vault.addSlot({ kind: 'key-file', path })
    expect(made.vault.status().slots).toHaveLength(2)
    expect(made.warnings).toEqual([])
  })

  it('warns about a key file that others may read, without showing it', async () => {
    const made = await bench()
    const path = join(made.dataDir, 'open.key')
    const text = Buffer.alloc(32, 7).toString('base64url')
    await writeFile(path, text, { mode: 0o644 })
    await made.vault.create({ mode: 'sealed', slot: { kind: 'key-file', path } })
    expect(made.warnings.join()).toMatch(/0600/)
    expect(made.warnings.join()).not.toContain(text)
  })
})
