/** Refused inputs name the field and the mend. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fieldIssues } from '../../src-main/api/field-issues.ts'
import { canary } from './fake-services.ts'

function issuesOf(schema: z.ZodType, input: unknown) {
  const result = schema.safeParse(input)
  return result.success ? [] : fieldIssues(result.error.issues)
}

describe('field issues', () => {
  it('name nested fields by their path', () => {
    const schema = z.object({ pools: z.array(z.object({ slug: z.string().min(1, 'give a name') })) })
    expect(issuesOf(schema, { pools: [{ slug: 'a' }, { slug: '' }] })).toEqual([{ path: 'pools.1.slug', message: 'give a name' }])
  })

  it('name each unknown field', () => {
    const schema = z.object({ a: z.strictObject({ b: z.number().optional() }) })
    expect(issuesOf(schema, { a: { c: 1, d: 2 } })).toEqual([
      { path: 'a.c', message: 'there is no such field' },
      { path: 'a.d', message: 'there is no such field' },
    ])
  })

  it('take the closest branch of a union', () => {
    const schema = z.object({ slot: z.union([z.number(), z.object({ path: z.string().min(1, 'give a path') })]) })
    expect(issuesOf(schema, { slot: { path: '' } })).toEqual([{ path: 'slot.path', message: 'give a path' }])
  })

  it('never contain the refused value', () => {
    const schema = z.strictObject({
      secret: z.string().regex(/^x$/),
      state: z.enum(['a', 'b']),
      n: z.number(),
      on: z.literal(true),
    })
    const issues = issuesOf(schema, { secret: canary, state: canary, n: canary, on: canary })
    expect(issues.map((issue) => issue.path)).toEqual(['secret', 'state', 'n', 'on'])
    expect(JSON.stringify(issues)).not.toContain(canary)
  })

  it('are at most 20', () => {
    expect(issuesOf(z.array(z.number()), Array.from({ length: 500 }, String))).toHaveLength(20)
  })
})
