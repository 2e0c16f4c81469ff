/** Another model's name put into a request, and not one other byte changed. */
import { lastMember, membersOf, spliced } from './scan.ts'

/** The request with `model` as its top-level "model"; null when it has none. `bytes` is JSON and is not changed. */
export function withModel(bytes: Uint8Array, model: string): Uint8Array | null {
  const found = membersOf(bytes)
  const member = found === null ? undefined : lastMember(found.members, 'model')
  return member === undefined ? null : spliced(bytes, member.start, member.end, JSON.stringify(model))
}
