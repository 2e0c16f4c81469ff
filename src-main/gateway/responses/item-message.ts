/** A message in the making. */

import type { Emit, Item, OpenItem } from './item.ts'

export class MessageItem implements OpenItem {
  readonly #emit: Emit
  readonly #id: string
  readonly #index: number
  readonly #content: Item[] = []
  #kind: 'text' | 'refusal' | null = null
  #text = ''

  constructor(emit: Emit, id: string, index: number) {
    this.#emit = emit
    this.#id = id
    this.#index = index
    emit('response.output_item.added', { output_index: index, item: this.#item('in_progress') })
  }

  open({ kind }: { kind: string }): void {
    this.close()
    this.#kind = kind === 'refusal' ? 'refusal' : 'text'
    this.#emit('response.content_part.added', { ...this.#place, part: this.#part() })
  }

  delta(delta: string): void {
    if (this.#kind === null) return
    this.#text += delta
    if (this.#kind === 'text') this.#emit('response.output_text.delta', { ...this.#place, delta, logprobs: [] })
    else this.#emit('response.refusal.delta', { ...this.#place, delta })
  }

  signature(): void {
    // Texts have none.
  }

  close(): void {
    if (this.#kind === null) return
    const part = this.#part()
    if (this.#kind === 'text') this.#emit('response.output_text.done', { ...this.#place, text: this.#text, logprobs: [] })
    else this.#emit('response.refusal.done', { ...this.#place, refusal: this.#text })
    this.#emit('response.content_part.done', { ...this.#place, part })
    this.#content.push(part)
    this.#kind = null
    this.#text = ''
  }

  finish(complete: boolean): Item {
    this.close()
    return this.#item(complete ? 'completed' : 'incomplete')
  }

  get #place() {
    return { item_id: this.#id, output_index: this.#index, content_index: this.#content.length }
  }

  #part(): Item {
    return this.#kind === 'refusal'
      ? { type: 'refusal', refusal: this.#text }
      : { type: 'output_text', text: this.#text, annotations: [], logprobs: [] }
  }

  #item(status: string): Item {
    return { id: this.#id, type: 'message', status, role: 'assistant', content: [...this.#content] }
  }
}
