/** Words of keys. */
export const keys = {} as const
