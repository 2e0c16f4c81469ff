/** What a schema has to say against what was entered, by the path of the field and in the language of the page. */
import type { z } from 'zod'
import { said } from '../i18n/said.ts'

/** One thing that is wrong, by the path of its field (`config.timeout`). */
export interface Issue {
  path: string
  message: string
}

/** `prefix` = where in the whole the checked part is. */
export function issuesOf(error: z.ZodError | undefined, prefix = ''): Issue[] {
  return (error?.issues ?? []).flatMap((issue) => {
    const path = [prefix, ...issue.path.map(String)].filter(Boolean).join('.')
    const message = said(issue.message)
    // A name that nobody knows is wrong itself, not what holds it.
    if (issue.code !== 'unrecognized_keys') return [{ path, message }]
    return issue.keys.map((key) => ({ path: [path, key].filter(Boolean).join('.'), message }))
  })
}

/** The same for a form that shows one complaint at each of its fields, the last of each. */
export function issueByField(error: z.ZodError | undefined): Record<string, string> {
  return Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [String(path[0]), said(message)]))
}
