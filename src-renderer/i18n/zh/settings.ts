/** Words of settings. */
import type { settings as english } from '../en/settings.ts'
import type { Words } from '../words.ts'

export const settings = {} as const satisfies Words<typeof english>
