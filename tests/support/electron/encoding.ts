/** Messages of ports as text. Only what a port between the page and the program may carry is modelled. */
import type { Encoded } from './wire.ts'

export function encode(data: unknown): Encoded {
  if (data === undefined) return { undefined: true }
  if (data instanceof Uint8Array) return { bytes: [...data] }
  const json = JSON.stringify(data)
  if (json === undefined) throw new Error('the harness does not model such a message')
  return { json: JSON.parse(json) as unknown }
}

export function decode(data: Encoded): unknown {
  if ('undefined' in data) return undefined
  return 'bytes' in data ? Uint8Array.from(data.bytes) : data.json
}
