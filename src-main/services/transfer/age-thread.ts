/** Seals and opens age passphrase files, in a thread of its own: its key derivation is a second of pure JavaScript. */
import { parentPort, workerData } from 'node:worker_threads'
import { armor, Decrypter, Encrypter } from 'age-encryption'

export interface AgeJob {
  op: 'seal' | 'open'
  text: string
  passphrase: string
}
export type AgeResult = { ok: true; text: string } | { ok: false; message: string }

/** age's own default; about a second. Files above 2^20 (1 GiB of memory) are refused unread. */
const workFactor = 18

async function run({ op, text, passphrase }: AgeJob): Promise<string> {
  if (op === 'seal') {
    const encrypter = new Encrypter()
    encrypter.setPassphrase(passphrase)
    encrypter.setScryptWorkFactor(workFactor)
    return armor.encode(await encrypter.encrypt(text))
  }
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  return decrypter.decrypt(armor.decode(text), 'text')
}

void run(workerData as AgeJob).then(
  (text) => parentPort?.postMessage({ ok: true, text } satisfies AgeResult),
  (error: unknown) => parentPort?.postMessage({ ok: false, message: String(error) } satisfies AgeResult),
)
