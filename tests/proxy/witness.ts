/** Writes down what an attempt tells. */
import type { AttemptSink } from '../../src-main/proxy/types.ts'

type Event = 'sent' | 'end' | `head ${number}` | `data ${string}` | `fail ${string} ${string}`

/** Fails when the end is told twice, or during the call that started the attempt. */
export class Witness implements AttemptSink {
  readonly events: Event[] = []
  readonly headers: Record<string, string> = {}
  /** What people were told of a failure. */
  message = ''
  readonly over: Promise<void>
  running = false
  take: (chunk: Uint8Array) => boolean = () => true
  #finish: () => void = () => {}

  constructor() {
    this.over = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  sent(): void {
    this.events.push('sent')
  }

  head(status: number, headers: readonly string[]): void {
    this.events.push(`head ${status}`)
    for (let i = 0; i < headers.length; i += 2) this.headers[(headers[i] ?? '').toLowerCase()] = headers[i + 1] ?? ''
  }

  data(chunk: Uint8Array): boolean {
    this.events.push(`data ${Buffer.from(chunk).toString('latin1')}`)
    return this.take(chunk)
  }

  end(): void {
    this.#last('end')
  }

  fail({ stage, code, message }: { stage: string; code: string; message: string }): void {
    if (typeof code !== 'string') throw new TypeError('the code of a failure is a word')
    this.message = message
    this.#last(`fail ${stage} ${code}`)
  }

  #last(event: Event): void {
    if (!this.running) throw new Error('told during the call that started the attempt')
    if (this.events.some((one) => one === 'end' || one.startsWith('fail'))) throw new Error('told its end twice')
    this.events.push(event)
    this.#finish()
  }
}
