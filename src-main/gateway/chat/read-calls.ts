/** The calls of tools in a chat stream, which come in pieces, several at once, told apart by their index. */
import { at, textAt } from '../../providers/read.ts'
import type { AnswerEvent } from '../types.ts'

interface Call {
  id: string
  name: string
  args: string
  state: 'unnamed' | 'open' | 'closed'
}

export class CallPieces {
  readonly #calls = new Map<number, Call>()
  #open: Call | null = null
  #count = 0

  get any(): boolean {
    return this.#count > 0
  }

  /** A call has come that never said which tool it means. */
  get unnamed(): boolean {
    return [...this.#calls.values()].some(({ state }) => state === 'unnamed')
  }

  /**
   * What a piece says; `closeOther` is called before a new call opens. Null = it belongs to a call that was over, because a later
   * one had begun: nobody sends that, and it could not be told in order.
   */
  read(piece: unknown, position: number, closeOther: () => AnswerEvent[]): AnswerEvent[] | null {
    const index = at(piece, 'index')
    const call = this.#callAt(typeof index === 'number' ? index : position, textAt(piece, 'id'))
    call.name ||= textAt(piece, 'function', 'name')
    const args = argsOf(at(piece, 'function', 'arguments'))
    if (call.state === 'closed') return args === '' ? [] : null
    call.args += args
    if (call.state === 'open') return args === '' ? [] : [{ type: 'delta', text: args }]
    if (call.name === '') return []
    const before = closeOther()
    this.#open = call
    call.state = 'open'
    this.#count += 1
    call.id ||= `call_${this.#count}`
    const opened: AnswerEvent = { type: 'open', part: { kind: 'tool-call', id: call.id, name: call.name } }
    return call.args === '' ? [...before, opened] : [...before, opened, { type: 'delta', text: call.args }]
  }

  /** The end of the open call, if one is. A call without arguments has none in its JSON. */
  close(): AnswerEvent[] {
    const call = this.#open
    if (call === null) return []
    this.#open = null
    call.state = 'closed'
    const none: AnswerEvent[] = call.args === '' ? [{ type: 'delta', text: '{}' }] : []
    call.args = ''
    return [...none, { type: 'close' }]
  }

  /** Gemini's compatible API gives every call the index 0 and an id of its own. */
  #callAt(index: number, id: string): Call {
    const known = this.#calls.get(index)
    if (known !== undefined && (id === '' || known.id === '' || id === known.id)) {
      known.id ||= id
      return known
    }
    const call: Call = { id, name: '', args: '', state: 'unnamed' }
    this.#calls.set(index, call)
    return call
  }
}

/** Some local servers give them as an object. */
function argsOf(args: unknown): string {
  if (typeof args === 'string') return args
  return typeof args === 'object' && args !== null ? JSON.stringify(args) : ''
}
