/** Ids of tool calls for APIs that limit their length. */

/** Ids of at most `max` characters as they are, longer ones as numbers that are the same for call and result of one request. */
export function shortIds(max: number): (id: string) => string {
  const given = new Map<string, string>()
  return (id) => {
    if (id.length <= max) return id
    const short = given.get(id) ?? `call_${given.size + 1}_${id.slice(-12).replace(/[^A-Za-z0-9]/g, '_')}`
    given.set(id, short)
    return short
  }
}

/** Ids of nine letters and digits, the same for call and result of one request. */
export function nineLetterIds(): (id: string) => string {
  const given = new Map<string, string>()
  return (id) => {
    if (/^[A-Za-z0-9]{9}$/.test(id)) return id
    const made = given.get(id) ?? `call${String(given.size + 1).padStart(5, '0')}`
    given.set(id, made)
    return made
  }
}
