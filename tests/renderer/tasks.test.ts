import { beforeEach, expect, test } from 'vitest'
import { cancelTask, dismissEnded, dismissTask, runTask, tasks } from '../../src-renderer/tasks/tasks.ts'

beforeEach(() => tasks.set([]))

const last = () => {
  const task = tasks.get().at(-1)
  if (!task) throw new Error('no task')
  return task
}

test('it counts on while nobody looks, and what came of it stays until it is taken away', async () => {
  const steps: number[] = []
  const stop = tasks.subscribe(() => steps.push(last().done))
  await runTask({
    title: () => 'Check 3 keys',
    total: 3,
    async work(step) {
      step()
      await Promise.resolve()
      step(2)
      return () => '3 work'
    },
  })
  stop()
  expect([...new Set(steps)]).toEqual([0, 1, 3])
  expect(last()).toMatchObject({ done: 3, total: 3, state: 'done' })
  expect([last().title(), last().summary?.()]).toEqual(['Check 3 keys', '3 work'])
  dismissTask(last().id)
  expect(tasks.get()).toEqual([])
})

test('a cancelled one stops at its next piece and says how far it came', async () => {
  await runTask({
    title: () => 'Check 100 keys',
    total: 100,
    work(step, signal) {
      let done = 0
      while (done < 100 && !signal.aborted) {
        step()
        done += 1
        if (done === 7) cancelTask(last().id)
      }
      return Promise.resolve(() => `${done} checked`)
    },
  })
  expect(last()).toMatchObject({ state: 'cancelled', done: 7 })
  expect(last().summary?.()).toBe('7 checked')
})

test('one that fails says why, and nothing is thrown; those that run are not taken off the list', async () => {
  await runTask({ title: () => 'Import', total: 1, work: () => Promise.reject(new Error('the disk is full')) })
  expect(last()).toMatchObject({ state: 'failed' })
  expect(last().summary?.()).toBe('the disk is full')
  let end = (_summary: () => string) => {}
  const running = runTask({ title: () => 'Check', total: 1, work: () => new Promise((resolve) => (end = resolve)) })
  dismissTask(last().id)
  dismissEnded()
  expect(tasks.get().map(({ title }) => title())).toEqual(['Check'])
  end(() => 'done')
  await running
  expect(last().state).toBe('done')
})
