/** Copies a secret and takes it out of the clipboard again, if it is still there. */
import { createHash } from 'node:crypto'
import { clipboard } from 'electron'

const clearAfterSeconds = 30
const digest = (text: string) => createHash('sha256').update(text).digest('hex')

export interface SecretClipboard {
  /** Resolves with the seconds until the secret is taken out. */
  copy(secret: string): Promise<{ clearAfter: number }>
  /** Clears now what was copied last; for quitting and for sleep. */
  clear(): Promise<void>
}

interface SecretClipboardDeps {
  /** Runs something after `ms`; gives back what cancels it. */
  after: (ms: number, run: () => void) => () => void
  onError: (error: unknown) => void
}

export function createSecretClipboard({ after, onError }: SecretClipboardDeps): SecretClipboard {
  let copied: string | undefined
  let cancel: (() => void) | undefined

  const clear = async () => {
    cancel?.()
    const mine = copied
    copied = undefined
    // What the person has copied since is theirs.
    if (mine !== undefined && digest(await clipboard.readText()) === mine) clipboard.clear()
  }
  return {
    async copy(secret) {
      await clipboard.writeText(secret)
      cancel?.()
      copied = digest(secret)
      cancel = after(clearAfterSeconds * 1000, () => void clear().catch(onError))
      return { clearAfter: clearAfterSeconds }
    },
    clear,
  }
}
