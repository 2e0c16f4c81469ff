/** Words of traffic. */
export const traffic = {} as const
