/** Nothing that the engine can do is reachable only by REST: every call of the contract is made by the window, or has its equal there. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contract } from '../../src-preload/contract/index.ts'

/** For scripts, which want one thing at a time; what a person does instead. */
const otherwise: Record<string, string> = {
  'keys.create': 'keys.import',
  'keys.remove': 'keys.removeMany',
  'keys.usageLimits': 'keys.limits',
  'clients.get': 'clients.list',
  'clients.renew': 'clients.update',
  'usage.keys': 'usage.shares',
}

const source = globSync('src-renderer/**/*.{ts,tsx}')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
const isCalled = (call: string) => new RegExp(String.raw`\b${call.replace('.', String.raw`\s*\.\s*`)}\b`).test(source)
const calls = Object.entries(contract).flatMap(([room, procedures]) => Object.keys(procedures).map((name) => `${room}.${name}`))

test.each(calls)('%s', (call) => {
  expect(isCalled(otherwise[call] ?? call)).toBe(true)
})

test('what is said to be done otherwise is a call, and is not made by the window itself', () => {
  expect(Object.keys(otherwise).filter((call) => !calls.includes(call) || isCalled(call))).toEqual([])
})
