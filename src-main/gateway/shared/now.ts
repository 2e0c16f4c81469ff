/** The moment that an answer is dated with when its upstream gave none. */

/** Seconds since 1970. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
