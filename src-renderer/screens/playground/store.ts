/** The Playground's session: in memory, so that what was typed is there again when one comes back. */
import type { PlaygroundInput } from '../../../src-preload/contract/index.ts'
import type { Client } from '../../bridge/index.ts'
import { createStore } from '../../shell/store.ts'
import { type Answer, answerAfter, isRunning, mayPassOn, noAnswer, passedOver } from './answer.ts'
import { type Draft, filled, newSession, noDraft, questionOf, type Session, type Setup, type Turn } from './session.ts'

export const session = createStore<Session>(newSession)

let running: AbortController | null = null
let lastId = 0

export function changeSetup(change: Partial<Setup>): void {
  const { setup, ...rest } = session.get()
  session.set({ ...rest, setup: { ...setup, ...change } })
}

export function changeDraft(change: Partial<Draft>): void {
  const { draft, ...rest } = session.get()
  session.set({ ...rest, draft: { ...draft, ...change } })
}

let owner: string | undefined

/** What was said in one workspace is not shown in another. */
export function keepFor(workspace: string): void {
  if (owner !== undefined && owner !== workspace) openSession(newSession)
  owner = workspace
}

/** Begins anew with another session; what runs is stopped. */
export function openSession(next: Session): void {
  stop()
  session.set(next)
}

/** Says what stands in the draft, to the first of `models` that can serve. */
export function send(client: Client, models: readonly string[]): void {
  const { setup, draft, turns } = session.get()
  if (running !== null || draft.text.trim() === '') return
  const text = filled(draft.text, setup.values)
  const turn: Turn = { id: (lastId += 1), template: draft.text, text, pictures: draft.pictures, answer: noAnswer }
  session.set({ setup, draft: noDraft, turns: [...turns, turn] })
  void run(client, models, turn.id)
}

/** Asks once more what was said last. */
export function again(client: Client, models: readonly string[]): void {
  const id = session.get().turns.at(-1)?.id
  if (running !== null || id === undefined) return
  answerOf(id, () => noAnswer)
  void run(client, models, id)
}

/** Ends what runs; the call ends with it. */
export function stop(): void {
  running?.abort()
}

async function run(client: Client, models: readonly string[], id: number): Promise<void> {
  const abort = new AbortController()
  running = abort
  const question = questionOf(session.get())
  try {
    for (const [at, model] of models.entries()) {
      await ask(client, { model, ...question }, { id, signal: abort.signal })
      const answer = session.get().turns.find((turn) => turn.id === id)?.answer
      if (at === models.length - 1 || abort.signal.aborted || answer === undefined || !mayPassOn(answer)) return
      answerOf(id, (failed) => passedOver(failed, model))
    }
  } catch (error) {
    if (!abort.signal.aborted) answerOf(id, (answer) => ({ ...answer, state: 'failed', error }))
  } finally {
    if (abort.signal.aborted) answerOf(id, (answer) => (isRunning(answer) ? { ...answer, state: 'stopped' } : answer))
    if (running === abort) running = null
  }
}

async function ask(client: Client, input: PlaygroundInput, { id, signal }: { id: number; signal: AbortSignal }): Promise<void> {
  const events = await client.playground.run(input, { signal })
  for await (const event of events) {
    if (signal.aborted) return
    answerOf(id, (answer) => answerAfter(answer, event))
    if (event.type === 'finished' || event.type === 'failed') return
  }
  throw new Error('The answer broke off.')
}

function answerOf(id: number, change: (answer: Answer) => Answer): void {
  const { turns, ...rest } = session.get()
  session.set({ ...rest, turns: turns.map((turn) => (turn.id === id ? { ...turn, answer: change(turn.answer) } : turn)) })
}
