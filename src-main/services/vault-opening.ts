/** Opens the vault at the start by every way that needs no person, makes one where that is safe, and goes on trying where it may help. */
import { readFile } from 'node:fs/promises'
import { KeywheelError, type LockReason, type VaultUnlock } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { ProxyLog } from '../proxy/types.ts'
import type { Vault } from '../vault/types.ts'

export interface OpeningWays {
  /** File that holds a passphrase (its last line break is not part of it). */
  passphraseFile: string | undefined
  /** Key file; made if absent. */
  keyFile: string | undefined
}

interface Given {
  passphrase: string | undefined
  keyFile: string | undefined
}

type Shell = 'desktop' | 'headless'

/**
 * Waits between tries while a keychain is locked or away, in ms; the last one repeats. On a desktop each try may put a question on
 * the screen; a server has nobody to ask, and shall serve 2 s after its keyring was unlocked.
 */
const backOff: Record<Shell, readonly [number, ...number[]]> = {
  desktop: [1000, 2000, 5000, 15_000, 60_000],
  headless: [1000, 1500],
}
const worthTrying: readonly LockReason[] = ['KEYCHAIN_LOCKED', 'KEYCHAIN_UNAVAILABLE', 'KEY_FILE_MISSING']
const shortestPassphrase = 8

/** Rejects when the passphrase file cannot be read or holds too little; a vault that stays locked is no failure. */
export async function openVault(
  vault: Vault,
  ways: OpeningWays & { shell: Shell },
  clock: Clock,
  log: ProxyLog,
): Promise<{ stop(): void }> {
  const given: Given = { passphrase: await readPassphrase(ways.passphraseFile), keyFile: ways.keyFile }
  let cancel = () => {}
  let stopped = false

  const attempt = async (tries: number): Promise<void> => {
    try {
      await open(vault, given, ways.shell)
    } catch (error) {
      if (!(error instanceof KeywheelError)) throw error
      log.warn({ code: error.code }, `the vault stays locked: ${error.message}`)
    }
    const { state, reason } = vault.status()
    if (stopped || state !== 'locked' || reason === null || !worthTrying.includes(reason)) return
    const waits = backOff[ways.shell]
    cancel = clock.after(waits[Math.min(tries, waits.length - 1)] ?? waits[0], () => {
      attempt(tries + 1).catch((error: unknown) => log.warn({ error: String(error) }, 'the vault could not be tried again'))
    })
  }
  await attempt(0)
  return {
    stop() {
      stopped = true
      cancel()
    },
  }
}

async function readPassphrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`The passphrase file ${file} cannot be read (${code}). Mend KEYWHEEL_PASSPHRASE_FILE or leave it out.`, {
      cause: error,
    })
  }
  const passphrase = text.replace(/\r?\n$/, '')
  if (passphrase.length >= shortestPassphrase) return passphrase
  throw new Error(`The passphrase in ${file} is too short: use ${shortestPassphrase} characters or more.`)
}

async function open(vault: Vault, given: Given, shell: Shell): Promise<void> {
  // The ways of its own come first: what is given may be meant for making a vault, not for opening this one.
  const { state, keychain } = await vault.unlock({})
  if (state === 'locked') return unlockWithGiven(vault, given)
  if (state === 'unlocked') return
  const { passphrase, keyFile } = given
  if (passphrase !== undefined) await vault.create({ mode: 'sealed', slot: { kind: 'passphrase', passphrase } })
  else if (keyFile !== undefined) await vault.create({ mode: 'sealed', slot: { kind: 'key-file', path: keyFile } })
  // A keychain is there: nobody has to be asked. Without one the person chooses (Welcome), or a script does.
  else if (keychain.available)
    await vault.create(shell === 'desktop' ? { mode: 'keychain' } : { mode: 'sealed', slot: { kind: 'keychain' } })
}

/** One way after the other, those that this vault has; a wrong one does not keep the next from being tried. */
async function unlockWithGiven(vault: Vault, { passphrase, keyFile }: Given): Promise<void> {
  const has = (kind: string) => vault.status().slots.some((slot) => slot.kind === kind)
  const ways: VaultUnlock[] = []
  if (passphrase !== undefined && has('passphrase')) ways.push({ passphrase })
  if (keyFile !== undefined && has('key-file')) ways.push({ keyFile })
  let failure: unknown
  for (const way of ways) {
    try {
      await vault.unlock(way)
      return
    } catch (error) {
      failure = error
    }
  }
  if (failure !== undefined) throw failure
}
