/** Words of keys. */
import type { keys as english } from '../en/keys.ts'
import type { Words } from '../words.ts'

export const keys = {} as const satisfies Words<typeof english>
