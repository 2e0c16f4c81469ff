import { expect, it } from 'vitest'
import { attemptTimes, scaleOf } from '../../src-renderer/screens/traffic/attempt-times.ts'
import { requestRow } from './build-rows.ts'

const attempt = { keyId: 'k', keyLabel: 'k', outcome: 'ok', status: 200, message: null } as const

it('each try begins when the row says so, or else after the one before it', () => {
  const said = requestRow({
    msQueued: 5,
    msTotal: 100,
    attempts: [
      { ...attempt, ms: 10, startMs: 6 },
      { ...attempt, ms: 20, startMs: 60 },
    ],
  })
  expect(attemptTimes(said)).toEqual([
    { start: 6, ms: 10 },
    { start: 60, ms: 20 },
  ])
  const silent = requestRow({
    msQueued: 5,
    attempts: [
      { ...attempt, ms: 10 },
      { ...attempt, ms: 20 },
    ],
  })
  expect(attemptTimes(silent)).toEqual([
    { start: 5, ms: 10 },
    { start: 15, ms: 20 },
  ])
})

it('all of them fit on the scale, however they were rounded', () => {
  expect(
    scaleOf(
      requestRow({
        msTotal: 12,
        msQueued: 0,
        attempts: [
          { ...attempt, ms: 10 },
          { ...attempt, ms: 4 },
        ],
      }),
    ),
  ).toBe(14)
  expect(scaleOf(requestRow({ msTotal: 0, msQueued: 0, attempts: [] }))).toBe(1)
})
