/** A call of a function in the making. */

import type { Emit, Item, OpenItem } from './item.ts'

export class CallItem implements OpenItem {
  readonly #emit: Emit
  readonly #id: string
  readonly #index: number
  readonly #call: { id: string; name: string }
  #args = ''
  #closed = false

  constructor(emit: Emit, id: string, index: number, call: { id: string; name: string }) {
    this.#emit = emit
    this.#id = id
    this.#index = index
    this.#call = call
  }

  open(): void {
    this.#emit('response.output_item.added', { output_index: this.#index, item: this.#item('in_progress') })
  }

  delta(delta: string): void {
    this.#args += delta
    this.#emit('response.function_call_arguments.delta', { item_id: this.#id, output_index: this.#index, delta })
  }

  signature(): void {
    // Gemini's is in the call's id.
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    const { name } = this.#call
    this.#emit('response.function_call_arguments.done', {
      item_id: this.#id,
      output_index: this.#index,
      name,
      arguments: this.#args || '{}',
    })
  }

  finish(complete: boolean): Item {
    this.close()
    return { ...this.#item(complete ? 'completed' : 'incomplete'), arguments: this.#args || '{}' }
  }

  #item(status: string): Item {
    return { id: this.#id, type: 'function_call', status, call_id: this.#call.id, name: this.#call.name, arguments: this.#args }
  }
}
