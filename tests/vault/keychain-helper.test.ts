import { fork } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startKeychain } from '../../src-main/vault/keychain.ts'
import { forkHelper, type HelperProcess, helperPath, utilityHelper } from '../../src-main/vault/keychain-fork.ts'
import type { Keychain } from '../../src-main/vault/types.ts'

const quiet = '--disable-warning=ExperimentalWarning'
const faulty = [quiet, '--import', new URL('./support/replace-keytar.ts', import.meta.url).href]
const utility = [...faulty, '--import', new URL('./support/parent-port.ts', import.meta.url).href]

/** The helper as Electron starts it: the real helper file, talking through `process.parentPort`. */
function utilityFork(env: NodeJS.ProcessEnv): HelperProcess {
  const child = fork(helperPath, [], { env, execArgv: utility, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  return utilityHelper({
    postMessage: (message) => void child.send(message as object, () => undefined),
    on: (event, listener) => child.on(event, listener),
    once: (event, listener) => child.once(event, listener),
    kill: () => child.kill(),
  })
}

const ways = [
  { way: 'a child process', start: (env: NodeJS.ProcessEnv) => forkHelper({ env, execArgv: faulty }) },
  { way: 'a utility process', start: utilityFork },
]

const pid = async (keychain: Keychain) => Number(await keychain.get('pid'))

describe.each(ways)('the keychain helper in $way', ({ start }) => {
  const open = ({ timeoutMs = 10_000, idleMs = 30_000, keytar = 'faulty' } = {}) => {
    const exits: Promise<void>[] = []
    const keychain = startKeychain({
      timeoutMs,
      idleMs,
      fork: () => {
        const helper = start({ ...process.env, KEYTAR: keytar })
        exits.push(new Promise((resolve) => helper.onExit(resolve)))
        return helper
      },
    })
    onTestFinished(() => keychain.close())
    return { keychain, exits }
  }

  it('sets, gets and deletes, and says null where nothing is', async () => {
    const { keychain } = open()
    expect(await keychain.get('a')).toBeNull()
    await keychain.set('a', 'abc-_123')
    expect(await keychain.get('a')).toBe('abc-_123')
    await keychain.delete('a')
    await keychain.delete('a')
    expect(await keychain.get('a')).toBeNull()
    expect(await keychain.probe()).toBeNull()
  })

  it('starts nothing before the first call, and one process for many', async () => {
    const { keychain, exits } = open()
    expect(exits).toHaveLength(0)
    const first = await pid(keychain)
    expect(await pid(keychain)).toBe(first)
    expect(first).not.toBe(process.pid)
    expect(exits).toHaveLength(1)
  })

  it('makes one call at a time', async () => {
    const { keychain } = open()
    expect(await Promise.all(Array.from({ length: 5 }, () => keychain.get('slow')))).toEqual(['1', '1', '1', '1', '1'])
  })

  it.each(['hang', 'block'])(
    'gives up a call that does not end (%s), ends its process and serves the next call from a new one',
    async (fault) => {
      const { keychain, exits } = open({ timeoutMs: 3000 })
      const before = await pid(keychain)
      const lost = keychain.get(fault)
      const next = pid(keychain)
      // Files and names are still answered meanwhile: no thread of this process waits for the keychain.
      await Promise.all([readFile(helperPath), lookup('localhost')])
      await expect(lost).rejects.toMatchObject({
        name: 'KeychainError',
        fault: 'locked',
        message: expect.stringContaining('3 s'),
      })
      await exits[0]
      expect(await next).not.toBe(before)
    },
  )

  it.each(['crash', 'exit'])('survives a helper that goes away in the middle of a call (%s)', async (fault) => {
    const { keychain } = open()
    const before = await pid(keychain)
    const [lost, next] = await Promise.allSettled([keychain.get(fault), pid(keychain)])
    expect(lost).toMatchObject({ status: 'rejected', reason: { name: 'KeychainError', fault: 'unavailable' } })
    expect(next).toMatchObject({ status: 'fulfilled' })
    expect(next).not.toMatchObject({ value: before })
  })

  it('survives a helper that goes away between calls', async () => {
    const { keychain, exits } = open()
    const before = await pid(keychain)
    process.kill(before, 'SIGKILL')
    await exits[0]
    expect(await pid(keychain)).not.toBe(before)
  })

  it('says that the keychain is locked, and uses a new process afterwards', async () => {
    const { keychain } = open()
    const before = await pid(keychain)
    await expect(keychain.get('refuse')).rejects.toMatchObject({ fault: 'locked', message: expect.stringContaining('unlock it') })
    expect(await pid(keychain)).not.toBe(before)
  })

  it('notices a value that was cut short, and takes base64url only', async () => {
    const { keychain, exits } = open()
    for (const value of ['', 'with blank', 'nul\0', 'schlüssel', 'a+b/c=']) {
      await expect(keychain.set('a', value)).rejects.toThrow(TypeError)
    }
    expect(exits).toHaveLength(0)
    const secret = 'cAnArY0123456789'
    await expect(keychain.set('short', secret)).rejects.toMatchObject({
      fault: 'unavailable',
      message: expect.not.stringContaining('cAnA'),
    })
  })

  it('names the missing library when keytar cannot be loaded', async () => {
    const { keychain } = open({ keytar: 'missing' })
    expect(await keychain.probe()).toContain('libsecret')
    await expect(keychain.get('a')).rejects.toMatchObject({ fault: 'unavailable' })
  })

  it('ends a process that has nothing to do', async () => {
    const { keychain, exits } = open({ idleMs: 10 })
    const before = await pid(keychain)
    await exits[0]
    expect(await pid(keychain)).not.toBe(before)
  })

  it('ends its process when it closes, fails what is waiting and takes no more', async () => {
    const { keychain, exits } = open()
    await pid(keychain)
    setImmediate(() => keychain.close())
    await expect(keychain.get('hang')).rejects.toMatchObject({ name: 'KeychainError' })
    await exits[0]
    await expect(keychain.get('a')).rejects.toMatchObject({ message: 'Keywheel is closing.' })
  })
})
