/** The vault: how keys are locked, and whether they are open now. */
import { z } from 'zod'
import { instant } from './common.ts'

const slotKinds = ['keychain', 'passphrase', 'key-file'] as const
export type SlotKind = (typeof slotKinds)[number]

const vaultSlot = z.object({ id: z.string(), kind: z.enum(slotKinds), createdAt: instant })
export type VaultSlot = z.infer<typeof vaultSlot>

/** Why a vault is not open. */
const lockReasons = [
  'NO_VAULT',
  'OPENING',
  'PASSPHRASE_NEEDED',
  'KEY_FILE_MISSING',
  'KEYCHAIN_UNAVAILABLE',
  'KEYCHAIN_LOCKED',
  'WRONG_KEY',
  'DAMAGED',
] as const
export type LockReason = (typeof lockReasons)[number]

export const vaultStatus = z.object({
  mode: z.enum(['keychain', 'sealed']).nullable(),
  state: z.enum(['new', 'locked', 'unlocked']),
  reason: z.enum(lockReasons).nullable(),
  /** What to do, in one sentence. */
  message: z.string(),
  slots: z.array(vaultSlot),
  keychain: z.object({ available: z.boolean(), message: z.string().nullable() }),
  records: z.number(),
})
export type VaultStatus = z.infer<typeof vaultStatus>

const passphrase = z.string().min(8, 'use 8 characters or more').max(1024)

/** How the vault shall open. A key file is created with mode 0600 when there is none at `path`; without `path` it lies beside the data. */
export const slotInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passphrase'), passphrase }),
  z.strictObject({ kind: z.literal('key-file'), path: z.string().min(1).max(4096).optional() }),
  z.strictObject({ kind: z.literal('keychain') }),
])
export type SlotInput = z.output<typeof slotInput>

export const vaultCreate = z.strictObject({ mode: z.enum(['keychain', 'sealed']), slot: slotInput.optional() })
export type VaultCreate = z.output<typeof vaultCreate>

export const vaultUnlock = z.strictObject({
  passphrase: z.string().min(1).max(1024).optional(),
  keyFile: z.string().min(1).max(4096).optional(),
})
export type VaultUnlock = z.output<typeof vaultUnlock>
