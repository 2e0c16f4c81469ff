/** What a schema refused, as fields with a mend. Values never appear in it. */
import type { ErrorData } from '../../src-preload/contract/index.ts'

type FieldIssue = NonNullable<ErrorData['fields']>[number]

/** The parts of a zod issue that are read here; anything else may be missing. */
interface Issue {
  readonly message: string
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
  readonly code?: string
  readonly keys?: readonly string[]
  /** What is wrong with the name of an entry. */
  readonly issues?: readonly Issue[]
  readonly errors?: ReadonlyArray<readonly Issue[]>
}

const maxIssues = 20

/** At most 20 issues, each with the path in the input (`pools.0`, `config.timeout`; empty for the whole input). */
export function fieldIssues(issues: readonly Issue[], parent: readonly PropertyKey[] = []): FieldIssue[] {
  return issues.flatMap((issue) => fieldsOf(issue, parent)).slice(0, maxIssues)
}

function fieldsOf(issue: Issue, parent: readonly PropertyKey[]): FieldIssue[] {
  const path = [...parent, ...(issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))]
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.map((key) => ({ path: [...path, key.slice(0, 64)].join('.'), message: 'there is no such field' }))
  }
  if (issue.code === 'invalid_key') {
    const named = path.map((part) => String(part).slice(0, 64)).join('.')
    return [{ path: named, message: issue.issues?.[0]?.message ?? issue.message }]
  }
  // Of a union, the branch that came closest says most.
  const branches = issue.code === 'invalid_union' ? [...(issue.errors ?? [])].filter((branch) => branch.length > 0) : []
  const closest = branches.toSorted((a, b) => a.length - b.length || depth(b) - depth(a))[0]
  if (closest) return fieldIssues(closest, path)
  return [{ path: path.map(String).join('.'), message: issue.message }]
}

function depth(branch: readonly Issue[]): number {
  return Math.max(...branch.map((issue) => issue.path?.length ?? 0))
}
