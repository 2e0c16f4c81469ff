/** Nothing that the engine can do is reachable only by REST: every call of the contract is made by the window, or has its equal there. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
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

/** Names of all fields that an input may have, however deep. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties = {}, ...rest } = schema as { properties?: Record<string, unknown> }
  return [...Object.keys(properties), ...[...Object.values(properties), ...Object.values(rest)].flatMap(fieldsOf)]
}

test('every field that a call takes is one that the window knows', () => {
  const inputs = Object.values(contract)
    .flatMap((procedures) => Object.values<{ '~orpc': { inputSchema?: unknown } }>(procedures))
    .map((procedure) => procedure['~orpc'].inputSchema)
    .filter((schema) => schema instanceof z.ZodType)
  const fields = new Set(inputs.flatMap((input) => fieldsOf(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }))))
  expect(fields.size).toBeGreaterThan(100)
  expect([...fields].filter((field) => !new RegExp(String.raw`\b${field}\b`).test(source))).toEqual([])
})
