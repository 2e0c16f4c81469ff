/** age passphrase files: what sealed exports are. */
import { Worker } from 'node:worker_threads'
import type { AgeJob, AgeResult } from './age-thread.ts'

const thread = new URL(import.meta.url.endsWith('.ts') ? './age-thread.ts' : './age-thread.js', import.meta.url)

/** Text to an armoured age file. */
export const seal = (text: string, passphrase: string): Promise<string> => run({ op: 'seal', text, passphrase })
/** An armoured age file to its text; rejects when the passphrase is wrong or the file was changed. */
export const open = (text: string, passphrase: string): Promise<string> => run({ op: 'open', text, passphrase })

function run(job: AgeJob): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: job })
    worker.once('message', (result: AgeResult) => {
      if (result.ok) resolve(result.text)
      else reject(new Error(result.message))
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the age thread ended without an answer')))
  })
}
