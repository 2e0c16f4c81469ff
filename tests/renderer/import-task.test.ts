import { createORPCErrorFromJson } from '@orpc/client'
import { beforeEach, expect, test } from 'vitest'
import { createI18n } from '../../src-renderer/i18n/index.ts'
import { importAsTask } from '../../src-renderer/screens/keys/add/import-task.ts'
import { cancelTask, tasks } from '../../src-renderer/tasks/tasks.ts'
import { hearProgress } from '../../src-renderer/tasks/told.ts'

type Import = Parameters<typeof importAsTask>[0]['keys']['import']

beforeEach(async () => {
  tasks.set([])
  await createI18n('en')
})

type Stop = Parameters<typeof importAsTask>[0]['tasks']['stop']
const adding = (answer: Import, stop: Stop = () => Promise.resolve({ stopped: false })) =>
  importAsTask({ keys: { import: answer }, tasks: { stop } } as Parameters<typeof importAsTask>[0], {
    pool: 'a',
    text: 'x',
    tags: [],
  })
const outcome = () => tasks.get().map(({ title, state, summary }) => [title(), state, summary?.()])

test('what was added stays among the tasks', async () => {
  const imported = { added: 2, duplicates: 0, invalid: [], ids: ['k1', 'k2'], left: 0 }
  expect(await adding(() => Promise.resolve(imported))).toBe(imported)
  expect(outcome()).toEqual([['Adding keys', 'done', '2 were new.']])
})

test('it is told how far it is', async () => {
  const answer = Promise.withResolvers<Awaited<ReturnType<Import>>>()
  let name = ''
  const added = adding(({ task = '' }) => {
    name = task
    return answer.promise
  })
  hearProgress({ events: [{ type: 'progress', task: 'another', done: 7, total: 9 }], dropped: 0 })
  expect(tasks.get()).toMatchObject([{ done: 0, total: null }])
  hearProgress({ events: [{ type: 'progress', task: name, done: 500, total: 2000 }], dropped: 0 })
  expect(tasks.get()).toMatchObject([{ done: 500, total: 2000, state: 'running' }])
  answer.resolve({ added: 2000, duplicates: 0, invalid: [], ids: [], left: 0 })
  await added
})

test.each([
  [0, 'No key was added.'],
  [1250, '1250 keys were added and stay.'],
])('stopped after %i keys, it is asked to end until it is known there, and says what stays', async (count, words) => {
  const answer = Promise.withResolvers<Awaited<ReturnType<Import>>>()
  const asked: string[] = []
  let name = ''
  const added = adding(
    ({ task = '' }) => {
      name = task
      return answer.promise
    },
    ({ task }) => {
      asked.push(task)
      if (asked.length === 2) answer.resolve({ added: count, duplicates: 0, invalid: [], ids: [], left: 9 })
      return Promise.resolve({ stopped: asked.length === 2 })
    },
  )
  cancelTask(tasks.get()[0]?.id ?? 0)
  expect(await added).toMatchObject({ added: count, left: 9 })
  expect(asked).toEqual([name, name])
  expect(outcome()).toEqual([['Adding keys', 'cancelled', words]])
})

test('a refusal is a failed task, and is thrown to be shown where it was typed', async () => {
  const refusal = createORPCErrorFromJson({
    defined: true,
    code: 'VAULT_LOCKED',
    status: 423,
    message: 'The vault is locked.',
    data: {},
  })
  await expect(adding(() => Promise.reject(refusal))).rejects.toBe(refusal)
  expect(outcome()).toEqual([['Adding keys', 'failed', expect.stringContaining('locked')]])
})

test('a failure on the way says how many keys stay', async () => {
  const failure = createORPCErrorFromJson({ defined: true, code: 'DISK_FULL', status: 507, message: '', data: { kept: 500 } })
  await expect(adding(() => Promise.reject(failure))).rejects.toBe(failure)
  expect(outcome()).toEqual([['Adding keys', 'failed', expect.stringContaining('500 keys were written before that and stay.')]])
})
