/** Thoughts in the making: shown as a summary, or only sealed, to be given back. */

import type { Emit, Item, OpenItem } from './item.ts'
import { sealSignature } from './sealed.ts'

export class ThoughtItem implements OpenItem {
  readonly #emit: Emit
  readonly #id: string
  readonly #index: number
  readonly #visible: boolean
  #text = ''
  #sealed: string | null = null
  #open = false

  constructor(emit: Emit, id: string, index: number, visible: boolean) {
    this.#emit = emit
    this.#id = id
    this.#index = index
    this.#visible = visible
    emit('response.output_item.added', {
      output_index: index,
      item: { id, type: 'reasoning', summary: [], status: 'in_progress' },
    })
  }

  open(): void {
    this.#open = true
    if (this.#visible) this.#emit('response.reasoning_summary_part.added', { ...this.#place, part: this.#part })
  }

  delta(delta: string): void {
    if (!this.#visible) return
    this.#text += delta
    this.#emit('response.reasoning_summary_text.delta', { ...this.#place, delta })
  }

  signature(signature: string): void {
    this.#sealed = sealSignature(signature)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    if (!this.#visible) return
    this.#emit('response.reasoning_summary_text.done', { ...this.#place, text: this.#text })
    this.#emit('response.reasoning_summary_part.done', { ...this.#place, part: this.#part })
  }

  finish(complete: boolean): Item {
    this.close()
    return {
      id: this.#id,
      type: 'reasoning',
      summary: this.#visible ? [this.#part] : [],
      ...(this.#sealed === null ? {} : { encrypted_content: this.#sealed }),
      status: complete ? 'completed' : 'incomplete',
    }
  }

  get #part() {
    return { type: 'summary_text', text: this.#text }
  }

  get #place() {
    return { item_id: this.#id, output_index: this.#index, summary_index: 0 }
  }
}
