/** Tags of many keys at once: what is added to each and taken away from each. Pure. */
import type { Key } from '../../../src-preload/contract/index.ts'

export interface TagChange {
  id: string
  tags: string[]
  before: string[]
}

type Tagged = Pick<Key, 'id' | 'tags'>

/** Every tag that one of them has, in alphabetical order. */
export function tagsOf(keys: readonly Tagged[]): string[] {
  return [...new Set(keys.flatMap(({ tags }) => tags))].toSorted((a, b) => a.localeCompare(b))
}

/** Only keys that would be different. */
export function tagChanges(keys: readonly Tagged[], add: readonly string[], remove: readonly string[]): TagChange[] {
  return keys
    .map(({ id, tags }) => ({
      id,
      before: tags,
      tags: [...new Set([...tags.filter((tag) => !remove.includes(tag) || add.includes(tag)), ...add])],
    }))
    .filter(({ tags, before }) => tags.length !== before.length || tags.some((tag, index) => tag !== before[index]))
}
