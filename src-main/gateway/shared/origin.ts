/** Where in the client's request a piece of the conversation was said, so that a refusal can point at it. */

const origins = new WeakMap<object, string>()

/** Remembers that `piece` (a turn, a part or a tool) was read at `path`, e.g. `messages[2].content[0]`; the first one said stays. */
export function saidAt<Piece extends object>(path: string, piece: Piece): Piece {
  if (!origins.has(piece)) origins.set(piece, path)
  return piece
}

/** Undefined = nobody said. */
export function originOf(piece: object): string | undefined {
  return origins.get(piece)
}
