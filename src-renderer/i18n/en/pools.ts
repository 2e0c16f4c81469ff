/** Words of pools. */
export const pools = {} as const
