/** Words of connect. */
import type { connect as english } from '../en/connect.ts'
import type { Words } from '../words.ts'

export const connect = {} as const satisfies Words<typeof english>
