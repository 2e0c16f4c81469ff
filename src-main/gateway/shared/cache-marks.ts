/** Marks of what is worth caching, for formats that cache by themselves. */
import type { Conversation } from '../types.ts'

/** Names each marked part and tool to `drop`. */
export function noteMarks({ system, turns, tools }: Conversation, drop: (path: string) => void): void {
  for (const [index, part] of system.entries()) if (isMarked(part)) drop(`system[${index}].cache`)
  for (const [index, { parts }] of turns.entries()) {
    for (const [place, part] of parts.entries()) if (isMarked(part)) drop(`turns[${index}].parts[${place}].cache`)
  }
  for (const [index, tool] of tools.entries()) if (isMarked(tool)) drop(`tools[${index}].cache`)
}

function isMarked(piece: object): boolean {
  return 'cache' in piece && piece.cache === true
}
