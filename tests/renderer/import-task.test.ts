import { createORPCErrorFromJson } from '@orpc/client'
import { beforeEach, expect, test } from 'vitest'
import { createI18n } from '../../src-renderer/i18n/index.ts'
import { importAsTask } from '../../src-renderer/screens/keys/add/import-task.ts'
import { cancelTask, tasks } from '../../src-renderer/tasks/tasks.ts'

type Import = Parameters<typeof importAsTask>[0]['keys']['import']

beforeEach(async () => {
  tasks.set([])
  await createI18n('en')
})

const adding = (answer: Import) =>
  importAsTask({ keys: { import: answer } as Parameters<typeof importAsTask>[0]['keys'] }, { pool: 'a', text: 'x', tags: [] })
const outcome = () => tasks.get().map(({ title, state, summary }) => [title(), state, summary?.()])

test('what was added stays among the tasks', async () => {
  const imported = { added: 2, duplicates: 0, invalid: [], ids: ['k1', 'k2'] }
  expect(await adding(() => Promise.resolve(imported))).toBe(imported)
  expect(outcome()).toEqual([['Adding keys', 'done', '2 were new.']])
})

test('stopped, it says that nothing was added and throws nothing', async () => {
  const added = adding(
    (_input, { signal } = {}) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('gone')))),
  )
  cancelTask(tasks.get()[0]?.id ?? 0)
  expect(await added).toBeNull()
  expect(outcome()).toEqual([['Adding keys', 'cancelled', 'No key was added.']])
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
