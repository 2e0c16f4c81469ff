/** Words of pools. */
import type { pools as english } from '../en/pools.ts'
import type { Words } from '../words.ts'

export const pools = {} as const satisfies Words<typeof english>
