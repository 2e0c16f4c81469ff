/** Words of welcome. */
import type { welcome as english } from '../en/welcome.ts'
import type { Words } from '../words.ts'

export const welcome = {} as const satisfies Words<typeof english>
