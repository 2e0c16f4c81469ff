/** What the vault and the keychain helper say to each other, and how the helper answers. */

export type Call =
  | { id: number; op: 'get'; account: string }
  | { id: number; op: 'set'; account: string; value: string }
  | { id: number; op: 'delete'; account: string }

/** `cause` is the keychain's own text, or `load` when there is no keychain library; never a value. */
export type Reply = { id: number; ok: true; value: string | null } | { id: number; ok: false; cause: string }

/** The three calls of keytar that are safe on a locked keyring (its find calls crash there). */
interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, value: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

const service = 'keywheel'

/** Carries out one call. Never rejects: every failure is a reply. */
export async function answerCall(load: () => Promise<Keytar>, call: Call): Promise<Reply> {
  const keytar = await load().catch(() => null)
  if (!keytar) return { id: call.id, ok: false, cause: 'load' }
  try {
    return { id: call.id, ok: true, value: await perform(keytar, call) }
  } catch (error) {
    return { id: call.id, ok: false, cause: error instanceof Error ? error.message : 'unknown' }
  }
}

async function perform(keytar: Keytar, call: Call): Promise<string | null> {
  if (call.op === 'get') return keytar.getPassword(service, call.account)
  if (call.op === 'set') await write(keytar, call.account, call.value)
  else await keytar.deletePassword(service, call.account)
  return null
}

/** Some keychains cut a value short, or say yes while they are locked: only what is read back is written. */
async function write(keytar: Keytar, account: string, value: string): Promise<void> {
  await keytar.setPassword(service, account, value)
  if ((await keytar.getPassword(service, account)) !== value) throw new Error('read back another value')
}
