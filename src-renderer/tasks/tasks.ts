/** Long work that survives navigation: how far it is, how to stop it, and what came of it. */
import { ORPCError } from '@orpc/client'
import { getI18n } from 'react-i18next'
import { ConnectionError } from '../bridge/index.ts'
import { problemOf } from '../parts/problem.ts'
import { createStore } from '../shell/store.ts'

type TaskState = 'running' | 'done' | 'failed' | 'cancelled'

/** Tasks that are also looked for where they were started. */
export type TaskKind = 'keys.import' | 'transfer.import'

export interface Task {
  readonly id: number
  readonly kind: TaskKind | undefined
  /** In the language of the page at the time of asking, like the summary. */
  readonly title: () => string
  readonly done: number
  /** Null = it is done at one go, or not known yet. */
  readonly total: number | null
  readonly state: TaskState
  /** What it waits for, while it runs. */
  readonly waits: (() => string) | null
  /** What came of it; stays until it is dismissed. */
  readonly summary: (() => string) | null
  /** Does what it has left undone, as a task of its own. */
  readonly again: (() => void) | null
  readonly startedAt: number
}

interface TaskEnd {
  summary: () => string
  again: () => void
}

export interface TaskRun {
  kind?: TaskKind | undefined
  title: () => string
  total: number | null
  /**
   * Does the work; calls `step` after each piece (or several), or `tell` with how far it is, `wait` with what it waits for (null =
   * it goes on), and returns the summary. Stops early when `signal` aborts.
   */
  work: (
    step: (pieces?: number) => void,
    signal: AbortSignal,
    wait: (what: (() => string) | null) => void,
    tell: (done: number, total: number) => void,
  ) => Promise<(() => string) | TaskEnd>
}

export const tasks = createStore<readonly Task[]>([])
const aborts = new Map<number, AbortController>()
let lastId = 0

/** Starts the work at once. Resolves when it has ended, however it ended. */
export async function runTask({ kind, title, total, work }: TaskRun): Promise<void> {
  const id = (lastId += 1)
  const abort = new AbortController()
  aborts.set(id, abort)
  tasks.set([
    ...tasks.get(),
    { id, kind, title, done: 0, total, state: 'running', waits: null, summary: null, again: null, startedAt: Date.now() },
  ])
  let done = 0
  try {
    const end = await work(
      (pieces = 1) => change(id, { done: (done += pieces) }),
      abort.signal,
      (waits) => change(id, { waits }),
      (reached, all) => change(id, { done: reached, total: all }),
    )
    const left = typeof end === 'function' ? { summary: end } : end
    change(id, { state: abort.signal.aborted ? 'cancelled' : 'done', ...left })
  } catch (error) {
    change(id, { state: 'failed', summary: () => reasonOf(error) })
  } finally {
    aborts.delete(id)
  }
}

export function cancelTask(id: number): void {
  aborts.get(id)?.abort()
}

/** Takes everything that has ended off the list. */
export function dismissEnded(): void {
  tasks.set(tasks.get().filter(({ state }) => state === 'running'))
}

/** Takes a task that has ended off the list. */
export function dismissTask(id: number): void {
  tasks.set(tasks.get().filter((task) => task.id !== id || task.state === 'running'))
}

function change(id: number, changes: Partial<Task>): void {
  tasks.set(tasks.get().map((task) => (task.id === id ? { ...task, ...changes } : task)))
}

/** In the window's language where the failure has a code. */
function reasonOf(error: unknown): string {
  if (error instanceof ORPCError || error instanceof ConnectionError) {
    const { code, data } = problemOf(error)
    const what = getI18n().t(`errors:${code}.what`)
    return data.kept === undefined ? what : `${what} ${getI18n().t('common:error.kept', { count: data.kept })}`
  }
  return error instanceof Error ? error.message : String(error)
}
