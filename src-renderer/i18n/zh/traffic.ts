/** Words of traffic. */
import type { traffic as english } from '../en/traffic.ts'
import type { Words } from '../words.ts'

export const traffic = {} as const satisfies Words<typeof english>
