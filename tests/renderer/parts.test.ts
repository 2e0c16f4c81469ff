import { ORPCError } from '@orpc/client'
import { beforeEach, expect, test } from 'vitest'
import { ConnectionError } from '../../src-renderer/bridge/index.ts'
import { fieldErrors, problemOf } from '../../src-renderer/parts/problem.ts'
import { forgetUndo, rememberUndo, undoLast } from '../../src-renderer/parts/undo.ts'
import { cancelTask, dismissTask, runTask, tasks } from '../../src-renderer/tasks/tasks.ts'

beforeEach(() => tasks.set([]))

test('a task counts its steps and keeps its summary until it is dismissed', async () => {
  await runTask({ title: () => 'Check', total: 2, work: async (step) => (step(), step(), () => 'all fine') })
  const [task] = tasks.get()
  expect(task).toMatchObject({ done: 2, total: 2, state: 'done' })
  expect(task?.summary?.()).toBe('all fine')
  dismissTask(task?.id ?? 0)
  expect(tasks.get()).toEqual([])
})

test('a cancelled task stops where it looks at its signal, and says what was done', async () => {
  const run = runTask({
    title: () => 'Check',
    total: 9,
    async work(step, signal) {
      step()
      cancelTask(tasks.get()[0]?.id ?? 0)
      const stopped = signal.aborted
      return () => (stopped ? 'stopped after 1' : 'went on')
    },
  })
  dismissTask(tasks.get()[0]?.id ?? 0)
  await run
  expect(tasks.get()[0]).toMatchObject({ done: 1, state: 'cancelled' })
  expect(tasks.get()[0]?.summary?.()).toBe('stopped after 1')
})

test('a failed task says why', async () => {
  await runTask({ title: () => 'Check', total: 1, work: () => Promise.reject(new Error('no line')) })
  expect(tasks.get()[0]).toMatchObject({ state: 'failed' })
  expect(tasks.get()[0]?.summary?.()).toBe('no line')
})

test('undo does the latest thing once, and nothing after it has expired', () => {
  const done: string[] = []
  const first = () => void done.push('first')
  const second = () => void done.push('second')
  rememberUndo(first)
  rememberUndo(second)
  forgetUndo(first)
  undoLast()
  undoLast()
  expect(done).toEqual(['second'])
})

test('any failure of a call has a code of the table or of the page', () => {
  expect(
    problemOf(new ORPCError('SLUG_TAKEN', { defined: true, data: { fields: [{ path: 'slug', message: 'taken' }] } })),
  ).toMatchObject({
    code: 'SLUG_TAKEN',
    data: { fields: [{ path: 'slug' }] },
  })
  expect(problemOf(new ORPCError('BAD_REQUEST')).code).toBe('INVALID_INPUT')
  expect(problemOf(new ORPCError('SOMETHING_ELSE')).code).toBe('INTERNAL')
  expect(problemOf(new ConnectionError('expired')).code).toBe('SIGNED_OUT')
  expect(problemOf(new ConnectionError('lost')).code).toBe('UNREACHABLE')
  expect(problemOf(new TypeError('fetch failed')).code).toBe('UNREACHABLE')
})

test('refused fields are found by their path', () => {
  const error = new ORPCError('INVALID_INPUT', { data: { fields: [{ path: 'label', message: 'too long' }] } })
  expect(fieldErrors(error)).toEqual({ label: 'too long' })
  expect(fieldErrors(new Error('x'))).toEqual({})
})
