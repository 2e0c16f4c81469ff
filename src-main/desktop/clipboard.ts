/** Copies a secret and takes it out of the clipboard again, if it is still there. */
import { createHash } from 'node:crypto'
import { clipboard } from 'electron'

const clearAfterSeconds = 30
const digest = (text: string) => createHash('sha256').update(text).digest('hex')

export interface SecretClipboard {
  copy(secret: string): Promise<{ clearAfter: number }>
  /** Clears now what was copied last; for quitting and for sleep. */
  clear(): Promise<void>
}

export function createSecretClipboard(after: (ms: number, run: () => void) => () => void): SecretClipboard {
  let copied: string | undefined
  let cancel = () => {}

  const clear = async () => {
    cancel()
    const mine = copied
    copied = undefined
    // What the person has copied since is theirs.
    if (mine !== undefined && digest(await clipboard.readText()) === mine) clipboard.clear()
  }
  return {
    async copy(secret) {
      cancel()
      await clipboard.writeText(secret)
      copied = digest(secret)
      cancel = after(clearAfterSeconds * 1000, () => void clear())
      return { clearAfter: clearAfterSeconds }
    },
    clear,
  }
}
