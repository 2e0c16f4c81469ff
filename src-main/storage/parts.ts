/** Large writes travel in small parts: cloning 10,000 rows in one message would hold up every call through the proxy. */
import type { VaultWrites } from '../vault/types.ts'
import type { ConfigWrites } from './types.ts'

/** Rows in one message. Cloning a row costs about 5 µs, on a busy machine several times that. */
const partRows = 250

/** A part of the write with this number. */
export interface WritePart {
  write: number
  part: ConfigWrites
}

/** The same writes in parts with at most 250 rows a list; what is small stays together in the last one. */
export function partsOf({ vault = {}, ...config }: ConfigWrites): ConfigWrites[] {
  const [pieces, rest] = cut(config)
  const [vaultPieces, vaultRest] = cut(vault)
  return [...pieces, ...vaultPieces.map((part) => ({ vault: part })), { ...rest, vault: vaultRest }]
}

/** Long lists in pieces, and everything else. */
function cut<Writes extends object>(writes: Writes): [pieces: Partial<Writes>[], rest: Partial<Writes>] {
  const pieces: Partial<Writes>[] = []
  const rest = { ...writes }
  for (const name of Object.keys(writes) as (keyof Writes)[]) {
    const list: unknown = writes[name]
    if (!Array.isArray(list) || list.length <= partRows) continue
    delete rest[name]
    for (let start = 0; start < list.length; start += partRows)
      pieces.push({ [name]: list.slice(start, start + partRows) } as Partial<Writes>)
  }
  return [pieces, rest]
}

export interface Stage {
  add(part: WritePart): void
  /** The last part with all that was staged for the same write; nothing is staged afterwards. */
  whole(last: WritePart): ConfigWrites
}

/** Keeps the parts of one write: the next write forgets what is left of one that broke off. */
export function createStage(): Stage {
  let staged: WritePart[] = []
  const add = (part: WritePart) => {
    staged = [...staged.filter(({ write }) => write === part.write), part]
  }
  return {
    add,
    whole(last) {
      add(last)
      const parts = staged.map(({ part }) => part)
      staged = []
      return parts.length === 1 ? last.part : joined(parts)
    },
  }
}

function joined(parts: readonly ConfigWrites[]): ConfigWrites {
  return { ...join<ConfigWrites>(parts), vault: join<VaultWrites>(parts.map(({ vault = {} }) => vault)) }
}

/** Lists of the same name one after the other; anything else is in one part only. */
function join<Writes extends object>(parts: readonly Partial<Writes>[]): Writes {
  const whole: Record<string, unknown> = {}
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    const before = whole[name]
    whole[name] = Array.isArray(before) && Array.isArray(value) ? before.concat(value) : value
  }
  return whole as Writes
}
