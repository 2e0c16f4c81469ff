import { ORPCError } from '@orpc/client'
import { expect, test } from 'vitest'
import { ConnectionError } from '../../src-renderer/bridge/index.ts'
import { fieldErrors, problemOf } from '../../src-renderer/parts/problem.ts'
import { forgetUndo, rememberUndo, undoLast } from '../../src-renderer/parts/undo.ts'

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
