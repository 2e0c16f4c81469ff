/** The keychain helper: a process of its own that does get, set and delete through keytar, because a locked keyring may block or crash it. */
import { answerCall, type Call, type Reply } from './keychain-call.ts'

/** What Electron gives a utility process instead of `process.send`. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void
  postMessage(message: unknown): void
}

// Loaded at the first call: the addon throws at import when libsecret is missing.
const load = async () => (await import('keytar')).default

const { parentPort } = process as unknown as { parentPort?: ParentPort }
const answer = (message: unknown, send: (reply: Reply) => void) => void answerCall(load, message as Call).then(send)

if (parentPort) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
  parentPort.on('message', ({ data }) => answer(data, (reply) => parentPort.postMessage(reply)))
} else {
  process.on('message', (message) => answer(message, (reply) => process.send?.(reply)))
  process.on('disconnect', () => process.exit(0))
}
