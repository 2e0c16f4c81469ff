/** Opens the vault at the start by every way that needs no person, makes one where that is safe, and goes on trying where it may help. */
import { readFile } from 'node:fs/promises'
import { KeywheelError, type LockReason } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { ProxyLog } from '../proxy/types.ts'
import type { Vault } from '../vault/types.ts'

export interface OpeningWays {
  /** File that holds a passphrase (its last line break is not part of it). */
  passphraseFile: string | undefined
  /** Key file; made if absent. */
  keyFile: string | undefined
}

/** Waits between tries while a keychain is locked or away, in ms; the last one repeats. */
const backOff = [1000, 2000, 5000, 15_000, 60_000]
const worthTrying: readonly LockReason[] = ['KEYCHAIN_LOCKED', 'KEYCHAIN_UNAVAILABLE', 'KEY_FILE_MISSING']

export async function openVault(
  vault: Vault,
  ways: OpeningWays & { shell: 'desktop' | 'headless' },
  clock: Clock,
  log: ProxyLog,
): Promise<{ stop(): void }> {
  let cancel = () => {}
  const passphrase =
    ways.passphraseFile === undefined ? undefined : (await readFile(ways.passphraseFile, 'utf8')).replace(/\r?\n$/, '')

  const given = {
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(ways.keyFile === undefined ? {} : { keyFile: ways.keyFile }),
  }
  const open = async () => {
    // The ways of its own come first: what is given may be meant for making a vault, not for opening this one.
    const { state, keychain } = await vault.unlock({})
    if (state === 'unlocked') return
    if (state === 'locked') {
      if (Object.keys(given).length > 0) await vault.unlock(given)
      return
    }
    if (passphrase !== undefined) await vault.create({ mode: 'sealed', slot: { kind: 'passphrase', passphrase } })
    else if (ways.keyFile !== undefined) await vault.create({ mode: 'sealed', slot: { kind: 'key-file', path: ways.keyFile } })
    // A keychain is there: nobody has to be asked. Without one the person chooses (Welcome), or a script does.
    else if (keychain.available)
      await vault.create(ways.shell === 'desktop' ? { mode: 'keychain' } : { mode: 'sealed', slot: { kind: 'keychain' } })
  }
  const attempt = async (tries: number): Promise<void> => {
    try {
      await open()
    } catch (error) {
      if (!(error instanceof KeywheelError)) throw error
      log.warn({ code: error.code }, `the vault stays locked: ${error.message}`)
    }
    const { state, reason } = vault.status()
    if (state !== 'locked' || reason === null || !worthTrying.includes(reason)) return
    cancel = clock.after(backOff[Math.min(tries, backOff.length - 1)] ?? 60_000, () => void attempt(tries + 1))
  }
  await attempt(0)
  return { stop: () => cancel() }
}
