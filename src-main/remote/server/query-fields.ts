/** Fields of a query: everything in it is text. */
import { z } from 'zod'

/** A whole number in decimal digits. `start` = what an absent one is. */
export function wholeNumber({ min, max, start }: { min: number; max: number; start: number }) {
  const read = (value: unknown) => (typeof value === 'string' && /^\s*[+-]?\d{1,17}\s*$/.test(value) ? Number(value) : value)
  return z.preprocess(read, z.int().min(min).max(max)).default(start)
}

const yes: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on', 't', 'y'])
const no: ReadonlySet<string> = new Set(['false', '0', 'no', 'off', 'f', 'n'])

/** `true`, `1`, `yes`, `on` and the like, as FastAPI takes them; undefined = not asked. */
export const flag = z.preprocess((value) => {
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  return yes.has(word) ? true : no.has(word) ? false : value
}, z.boolean().optional())
