/** Calls that the application does in steps, as tasks: it tells how far they are, and ends them between two steps. */
import type { LiveBatch } from '../../src-preload/contract/index.ts'
import type { Client } from '../bridge/index.ts'
import { runTask, type TaskRun } from './tasks.ts'

type Listener = (done: number, total: number) => void

const listeners = new Map<string, Listener>()
/** Between two tries to stop a call that has not begun yet. */
const againMs = 200

/** Hands on what a batch tells of such calls. */
export function hearProgress({ events }: LiveBatch): void {
  for (const event of events) if (event.type === 'progress') listeners.get(event.task)?.(event.done, event.total)
}

export interface ToldTask<Answer> extends Pick<TaskRun, 'title' | 'kind'> {
  /** Makes the call under this name. */
  call: (task: string) => Promise<Answer>
  summary: (answer: Answer) => string
}

/** Resolves to the answer, which says what was left when the person stopped it; throws what the call is refused with. */
export async function runTold<Answer>(client: Pick<Client, 'tasks'>, { title, kind, call, summary }: ToldTask<Answer>) {
  const task = crypto.randomUUID()
  let outcome: () => Answer = () => {
    throw new Error('the task has no outcome')
  }
  await runTask({
    title,
    kind,
    total: null,
    async work(_step, signal, _wait, tell) {
      listeners.set(task, tell)
      const stop = async () => {
        while (listeners.has(task) && !(await client.tasks.stop({ task })).stopped)
          await new Promise((next) => setTimeout(next, againMs))
      }
      // Whether it can be stopped or not, what came of it is said by its answer.
      signal.addEventListener('abort', () => void stop().catch(() => undefined), { once: true })
      try {
        const answer = await call(task)
        outcome = () => answer
        return () => summary(answer)
      } catch (error) {
        outcome = () => {
          throw error
        }
        throw error
      } finally {
        listeners.delete(task)
      }
    },
  })
  return outcome()
}
