/** The vault: new, locked or open, and what it does in each. */
import {
  KeywheelError,
  type LockReason,
  type SlotInput,
  type VaultCreate,
  type VaultSlot,
  type VaultStatus,
  type VaultUnlock,
} from '../../src-preload/contract/index.ts'
import { serial } from '../base/serial.ts'
import { mac } from './crypto.ts'
import type { VaultDeps } from './deps.ts'
import { newIntent, settleIntents } from './intents.ts'
import { type WatchedKeychain, watchKeychain } from './keychain-watch.ts'
import { lockMessage, openMessage } from './lock-messages.ts'
import { type Held, SecretMemory } from './memory.ts'
import { type Commit, type OpenMode, vaultLocked } from './mode.ts'
import { addSlot, openExisting, writeNew } from './open-vault.ts'
import type { Refusal } from './slot-open.ts'
import { readParams } from './slots.ts'
import type { SecretEntry, SlotRow, Vault, VaultHeader } from './types.ts'

type Phase = { state: 'new' | 'locked'; reason: LockReason; detail: string | null } | { state: 'unlocked'; mode: OpenMode }

/** A vault over its part of the database and the OS keychain. It is locked (`OPENING`) until the first `unlock` or `create`. */
export function createVault(deps: VaultDeps): Vault {
  return new StoredVault(deps)
}

class StoredVault implements Vault {
  readonly #deps: VaultDeps & { keychain: WatchedKeychain }
  readonly #memory = new SecretMemory()
  readonly #listeners = new Set<(status: VaultStatus) => void>()
  /** Changes go one after the other: each rests on the revisions that the one before has left. */
  readonly #serial = serial()
  #header: VaultHeader | null = null
  #slots: SlotRow[] = []
  #phase: Phase = { state: 'locked', reason: 'OPENING', detail: null }
  #closed = false

  constructor(deps: VaultDeps) {
    this.#deps = { ...deps, keychain: watchKeychain(deps.keychain) }
  }

  status(): VaultStatus {
    const phase = this.#phase
    const open = phase.state === 'unlocked'
    const fault = this.#deps.keychain.fault()
    return {
      mode: this.#header?.mode ?? null,
      state: phase.state,
      reason: open ? null : phase.reason,
      message: open ? openMessage(this.#memory.damaged) : lockMessage(phase.reason, phase.detail, this.#has('passphrase')),
      slots: this.#slots.map(({ id, kind, createdAt }): VaultSlot => ({ id, kind, createdAt })),
      keychain: { available: fault === null, message: fault },
      records: open ? this.#memory.size + this.#memory.damaged.length : 0,
    }
  }

  get isOpen(): boolean {
    return this.#phase.state === 'unlocked'
  }

  create(input: VaultCreate): Promise<VaultStatus> {
    return this.#exclusive(async () => {
      const { intents } = await this.#load()
      if (this.#header) throw new KeywheelError('VAULT_EXISTS')
      if (intents.length > 0) await settleIntents(this.#deps)
      await this.#reloadAfter(writeNew(this.#deps, input))
      const given = input.slot?.kind === 'passphrase' ? { passphrase: input.slot.passphrase } : {}
      return this.#open(given)
    })
  }

  unlock(given: VaultUnlock): Promise<VaultStatus> {
    return this.#exclusive(async () => {
      if (this.#phase.state === 'unlocked') return this.status()
      const { intents } = await this.#load()
      if (!this.#header) return this.#meetNew(intents.length > 0)
      const status = await this.#open(given)
      if (!this.#usesKeychain()) void this.#lookAtKeychain()
      if (status.state === 'unlocked' && intents.length > 0) await settleIntents(this.#deps)
      return status
    })
  }

  addSlot(input: SlotInput): Promise<VaultStatus> {
    return this.#exclusive(async () => {
      const { dataKey } = this.#opened()
      if (!this.#header) throw vaultLocked()
      await this.#reloadAfter(addSlot(this.#deps, this.#header, dataKey, input))
      return this.#publish()
    })
  }

  removeSlot(id: string): Promise<VaultStatus> {
    return this.#exclusive(async () => {
      this.#opened()
      const slot = this.#slots.find((candidate) => candidate.id === id)
      if (!slot) throw new KeywheelError('NOT_FOUND', 'The vault has no such slot.')
      if (this.#slots.length === 1) throw new KeywheelError('LAST_SLOT')
      const account = slot.kind === 'keychain' ? readParams('keychain', slot.params)?.account : undefined
      const putIntents = account ? [newIntent('delete', account, this.#deps.clock.now())] : []
      await this.#deps.store.apply({ removeSlots: [id], putIntents })
      if (account) await settleIntents(this.#deps)
      await this.#load()
      return this.#publish()
    })
  }

  fingerprint(secret: string): string {
    return mac(this.#opened().pepper, secret)
  }

  get(id: string): SecretEntry {
    const { secret, audience } = this.#held(id)
    return { id, secret: secret.toString(), audience: [...audience] }
  }

  secretFor(id: string, origin: string): string {
    const { secret, audience } = this.#held(id)
    if (!audience.includes(origin)) throw new KeywheelError('AUDIENCE_MISMATCH')
    return secret.toString()
  }

  damaged(): readonly string[] {
    return this.#memory.damaged
  }

  set(entries: readonly SecretEntry[], commit: Commit): Promise<void> {
    return this.#exclusive(() => this.#opened().set(entries, commit))
  }

  remove(ids: readonly string[], commit: Commit): Promise<void> {
    return this.#exclusive(() => this.#opened().remove(ids, commit))
  }

  onChange(listener: (status: VaultStatus) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#closed = true
    if (this.#phase.state === 'unlocked') this.#phase.mode.close()
    this.#memory.wipe()
    this.#phase = { state: 'locked', reason: 'OPENING', detail: closing }
    this.#listeners.clear()
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#serial(() => (this.#closed ? Promise.reject(vaultLocked(closing)) : work()))
  }

  async #load() {
    const loaded = await this.#deps.store.load()
    this.#header = loaded.header
    this.#slots = loaded.slots
    return loaded
  }

  /** Whether it went well or not, what counts afterwards is what is in the database; half-made keychain entries go. */
  async #reloadAfter(change: Promise<unknown>): Promise<void> {
    try {
      await change
    } catch (error) {
      await settleIntents(this.#deps)
      throw error
    } finally {
      await this.#load()
    }
  }

  async #meetNew(leftOver: boolean): Promise<VaultStatus> {
    if (leftOver) await settleIntents(this.#deps)
    await this.#deps.keychain.probe()
    return this.#enter({ state: 'new', reason: 'NO_VAULT', detail: null })
  }

  async #open(given: VaultUnlock): Promise<VaultStatus> {
    if (!this.#header) throw new KeywheelError('STORAGE_FAILED')
    this.#memory.wipe()
    let result: OpenMode | Refusal
    try {
      result = await openExisting(this.#deps, this.#header, this.#slots, given, this.#memory)
    } catch (error) {
      this.#memory.wipe()
      // A first try that failed must not leave "is being opened" on the screen.
      if (this.#phase.state === 'locked' && this.#phase.reason === 'OPENING') {
        this.#enter({ state: 'locked', ...this.#refusalOf(error) })
      }
      throw error
    }
    if ('reason' in result) return this.#enter({ state: 'locked', ...result })
    if (this.#closed) {
      result.close()
      this.#memory.wipe()
      throw vaultLocked(closing)
    }
    const { damaged } = this.#memory
    if (damaged.length > 0) this.#deps.log.warn({ keys: damaged }, 'secrets in the vault cannot be read')
    return this.#enter({ state: 'unlocked', mode: result })
  }

  /** What a failed try with a passphrase or key file leaves to do: it may have been the wrong way for this vault. */
  #refusalOf(error: unknown): Refusal {
    if (this.#has('passphrase')) return { reason: 'PASSPHRASE_NEEDED', detail: null }
    const detail = error instanceof KeywheelError ? error.message : null
    if (this.#usesKeychain()) return { reason: 'KEYCHAIN_LOCKED', detail }
    const wrong = error instanceof KeywheelError && error.code === 'WRONG_PASSPHRASE'
    return { reason: wrong ? 'WRONG_KEY' : 'KEY_FILE_MISSING', detail }
  }

  /** A vault that does not need the keychain only asks whether one can be reached, and nobody waits for it. */
  async #lookAtKeychain(): Promise<void> {
    try {
      await this.#deps.keychain.look()
      if (!this.#closed) this.#publish()
    } catch (error) {
      this.#deps.log.warn({ error }, 'whether an OS keychain can be reached could not be found out')
    }
  }

  #opened(): OpenMode {
    if (this.#phase.state !== 'unlocked') throw vaultLocked(this.status().message)
    return this.#phase.mode
  }

  #held(id: string): Held {
    this.#opened()
    const held = this.#memory.get(id)
    if (held) return held
    const damaged = this.#memory.isDamaged(id)
    throw new KeywheelError('KEY_NOT_FOUND', damaged ? 'The stored secret of this key cannot be read; enter it again.' : noSecret)
  }

  #has(kind: SlotRow['kind']): boolean {
    return this.#slots.some((slot) => slot.kind === kind)
  }

  #usesKeychain(): boolean {
    return this.#header?.mode === 'keychain' || this.#has('keychain')
  }

  #enter(phase: Phase): VaultStatus {
    this.#phase = phase
    return this.#publish()
  }

  #publish(): VaultStatus {
    const status = this.status()
    for (const listener of this.#listeners) listener(status)
    return status
  }
}

const closing = 'Keywheel is closing.'
const noSecret = 'The vault holds no secret for this key.'
