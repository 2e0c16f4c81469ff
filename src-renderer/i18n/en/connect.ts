/** Words of connect. */
export const connect = {} as const
