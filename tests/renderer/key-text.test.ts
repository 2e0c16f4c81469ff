import { expect, test } from 'vitest'
import { noText, withFiles } from '../../src-renderer/screens/keys/add/key-text.ts'
import { exportedFilesOf } from '../../src-renderer/screens/settings/export-files.ts'

const list = { name: 'keys.json', text: '{"providers":{}}\n' }
const env = { name: '.env', text: 'A=1\n' }

test('a .env is the one beside a keys.json that comes with it, in whatever order, or is there already', () => {
  const both = { text: '{"providers":{}}', env: 'A=1' }
  expect(withFiles(noText, [list, env])).toEqual(both)
  expect(withFiles(noText, [env, list])).toEqual(both)
  expect(withFiles(withFiles(noText, [list]), [env])).toEqual(both)
  expect(withFiles(noText, [list, { name: 'production.env', text: 'B=2' }])).toMatchObject({ env: 'B=2' })
})

test('a .env by itself holds keys; what is dropped goes behind what is there', () => {
  expect(withFiles(noText, [env])).toEqual({ text: 'A=1', env: '' })
  expect(withFiles({ text: 'sk-1\n\n', env: '' }, [{ name: 'more.txt', text: 'sk-2' }])).toEqual({ text: 'sk-1\nsk-2', env: '' })
})

test('an export is its own files, or one named by what it holds and its day', () => {
  const files = [{ name: '.env', type: 'text/plain', text: 'A=1' }]
  const now = new Date('2026-11-21T23:00:00Z')
  expect(exportedFilesOf({ format: 'env', files }, 'keys', now)).toBe(files)
  const sealed = { format: 'keywheel-export', version: 4, sealed: 'age', age: '-----BEGIN AGE ENCRYPTED FILE-----' } as const
  expect(exportedFilesOf(sealed, 'all', now)).toMatchObject([{ name: 'keywheel-all-2026-11-21.json', type: 'application/json' }])
})
