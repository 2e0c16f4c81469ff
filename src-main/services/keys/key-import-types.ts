/** What is read out of a pasted text. */
import type { LimitsByModel, ProviderId } from '../../../src-preload/contract/index.ts'

export interface Candidate {
  /** 1-based line in the text; for JSON the position in the list. */
  line: number
  secret: string
  label: string | null
  /** Why it cannot be a key; null = it can. */
  reason: string | null
  /** Absent = the text says nothing but the key and its label. */
  extras?: KeyExtras
}

/** What some formats say of a key beside its secret; absent = nothing. */
export interface KeyExtras {
  /** Its name in the apipool protocol. */
  identifier?: string
  tags?: string[]
  notes?: string
  enabled?: boolean
  /** Wall ms. */
  expiresAt?: number
  priority?: number
  weight?: number
  limits?: LimitsByModel
  /** Whose key it is. */
  provider?: ProviderId
}

type KeyFormat = 'lines' | 'env' | 'csv' | 'json' | 'curl' | 'apipool-csv' | 'apipool-json' | 'keys-json' | 'keywheel'

/** What is in the text, cut into pieces; each piece is read by itself, so that a long text can be read a slice at a time. */
export interface DraftKeys {
  format: KeyFormat
  /** A line may hold several keys. */
  drafts: (() => Candidate | Candidate[])[]
}
export type Draft = () => Candidate

export interface ParsedKeys {
  format: KeyFormat
  candidates: Candidate[]
}
