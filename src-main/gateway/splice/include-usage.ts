/** Asks a chat upstream for the usage of a stream, although the client did not. */
import { lastMember, type Member, membersOf, spliced, valueOf } from './scan.ts'

/**
 * The request with `stream_options.include_usage`; null when there is nothing to add, because it is there already, the request does
 * not stream, or its options are no object (which the upstream will say better). `bytes` is JSON and is not changed.
 */
export function withIncludeUsage(bytes: Uint8Array): Uint8Array | null {
  const found = membersOf(bytes)
  if (found === null) return null
  const stream = lastMember(found.members, 'stream')
  if (stream === undefined || valueOf(bytes, stream) !== true) return null
  const options = lastMember(found.members, 'stream_options')
  const inside = found.open + 1
  return options === undefined
    ? spliced(bytes, inside, inside, '"stream_options":{"include_usage":true},')
    : withOption(bytes, options)
}

function withOption(bytes: Uint8Array, options: Member): Uint8Array | null {
  const found = membersOf(bytes, options.start)
  if (found === null) {
    return valueOf(bytes, options) === null ? spliced(bytes, options.start, options.end, '{"include_usage":true}') : null
  }
  const usage = lastMember(found.members, 'include_usage')
  if (usage !== undefined) return valueOf(bytes, usage) === true ? null : spliced(bytes, usage.start, usage.end, 'true')
  const inside = found.open + 1
  return spliced(bytes, inside, inside, found.members.length === 0 ? '"include_usage":true' : '"include_usage":true,')
}
