/** An item of a response, and what makes one out of answer events. */
import type { AnswerEvent } from '../types.ts'

export type Item = Record<string, unknown>

export type OpenPart = Extract<AnswerEvent, { type: 'open' }>['part']

/** Takes an event of the Responses API; its number is given later. */
export type Emit = (type: string, fields: Record<string, unknown>) => void

/** What an item does with the events that belong to it. */
export interface OpenItem {
  open(part: OpenPart): void
  delta(text: string): void
  signature(signature: string): void
  close(): void
  /** The item as it stands at its end. */
  finish(complete: boolean): Item
}
