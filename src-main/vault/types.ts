/** What the vault offers, and what it needs of a database. */
import type { SlotInput, SlotKind, VaultCreate, VaultStatus, VaultUnlock } from '../../src-preload/contract/index.ts'

export interface VaultHeader {
  vaultId: string
  mode: 'keychain' | 'sealed'
  formatVersion: number
  createdAt: number
}

export interface SlotRow {
  id: string
  kind: SlotKind
  /** What opening needs besides the person's part: KDF numbers, salt, generation, path of a key file. JSON, no secret. */
  params: string
  /** The data key, wrapped. */
  wrapped: Uint8Array
  createdAt: number
}

/** A secret sealed with the data key; key id and revision are authenticated with it. */
export interface SealedRecord {
  keyId: string
  revision: number
  data: Uint8Array
}

/** A step between two stores that a crash may cut; looked at when the vault opens. */
export interface VaultIntent {
  id: string
  op: 'create' | 'set' | 'delete'
  /** Keychain account it is about. */
  account: string
  createdAt: number
}

/** Changes that go to disk together, in one transaction. */
export interface VaultWrites {
  header?: VaultHeader
  putSlots?: SlotRow[]
  removeSlots?: string[]
  putRecords?: SealedRecord[]
  removeRecords?: string[]
  putIntents?: VaultIntent[]
  removeIntents?: string[]
}

/** The vault's part of the database, implemented by storage. */
export interface VaultStore {
  load(): Promise<{ header: VaultHeader | null; slots: SlotRow[]; intents: VaultIntent[] }>
  records(): Promise<SealedRecord[]>
  apply(writes: VaultWrites): Promise<void>
}

export interface SecretEntry {
  id: string
  secret: string
  /** Origins (scheme, host, port) that the secret may be sent to. */
  audience: readonly string[]
}

/** Get, set and delete of one text by account name; `null` = no such entry, or a locked keychain. Never anything else. */
export interface Keychain {
  get(account: string): Promise<string | null>
  set(account: string, value: string): Promise<void>
  delete(account: string): Promise<void>
  /** Null when a keychain can be written and read; otherwise why not. */
  probe(): Promise<string | null>
  close(): void
}

export interface Vault {
  status(): VaultStatus
  /** As the status says, without making one: asked at every call. */
  readonly isOpen: boolean
  /** VAULT_EXISTS; INVALID_INPUT for a sealed vault without a slot. */
  create(input: VaultCreate): Promise<VaultStatus>
  /** Tries what is given, or else every way that needs no person. WRONG_PASSPHRASE. */
  unlock(input: VaultUnlock): Promise<VaultStatus>
  addSlot(input: SlotInput): Promise<VaultStatus>
  removeSlot(id: string): Promise<VaultStatus>

  /** HMAC-SHA-256 under a secret of this installation, base64url; equal secrets give equal fingerprints. VAULT_LOCKED. */
  fingerprint(secret: string): string
  /** The secret and where it may go; from memory, never from a disk. VAULT_LOCKED, KEY_NOT_FOUND. */
  get(id: string): SecretEntry
  /** The secret for one origin, e.g. `https://api.openai.com`. AUDIENCE_MISMATCH, VAULT_LOCKED, KEY_NOT_FOUND. */
  secretFor(id: string, origin: string): string
  /** Ids of keys whose stored secret cannot be read (changed, swapped, or gone from the keychain); the others work. */
  damaged(): readonly string[]
  /** Stores a batch. `commit` writes the vault's part together with the caller's rows in one transaction; when it fails nothing stays behind. */
  set(entries: readonly SecretEntry[], commit: (writes: VaultWrites) => Promise<void>): Promise<void>
  remove(ids: readonly string[], commit: (writes: VaultWrites) => Promise<void>): Promise<void>

  onChange(listener: (status: VaultStatus) => void): () => void
  /** Forgets every secret in memory. */
  close(): void
}
