/** Words of overview. */
import type { overview as english } from '../en/overview.ts'
import type { Words } from '../words.ts'

export const overview = {} as const satisfies Words<typeof english>
