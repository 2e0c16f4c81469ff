/** A key as its form holds it, and what was changed in it. */
import type { Key, KeyPatch } from '../../../src-preload/contract/index.ts'

export interface KeyDraft {
  label: string
  tags: string[]
  notes: string
  pools: string[]
  priority: number | string
  weight: number | string
  /** Local time as a datetime-local field writes it; empty = never. */
  expires: string
}

export function draftOf(key: Key): KeyDraft {
  const [membership] = key.pools
  return {
    label: key.label,
    tags: [...key.tags],
    notes: key.notes,
    pools: key.pools.map(({ pool }) => pool),
    priority: membership?.priority ?? 0,
    weight: membership?.weight ?? 1,
    expires: key.expiresAt === null ? '' : localTime(key.expiresAt),
  }
}

/** Only the fields that were changed since `before`: what others changed meanwhile stays. */
export function patchOf(before: KeyDraft, draft: KeyDraft): KeyPatch {
  const changed = (name: keyof KeyDraft) => JSON.stringify(before[name]) !== JSON.stringify(draft[name])
  return {
    ...(changed('label') && { label: draft.label.trim() }),
    ...(changed('tags') && { tags: draft.tags }),
    ...(changed('notes') && { notes: draft.notes }),
    ...(changed('pools') && { pools: draft.pools }),
    ...(changed('priority') && { priority: Number(draft.priority) }),
    ...(changed('weight') && { weight: Number(draft.weight) }),
    ...(changed('expires') && { expiresAt: draft.expires === '' ? null : Date.parse(draft.expires) }),
  }
}

function localTime(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
