/** Whatever of Electron is used but not modelled fails by name, instead of being silently absent. */
import { EventEmitter } from 'node:events'

/** Asked of any object by promises, printing and tests; never Electron's. */
const ordinary: ReadonlySet<string> = new Set(['then', 'toJSON', 'constructor', 'inspect', 'nodeType', 'asymmetricMatch'])

/** `model`, with an error for every other name. */
export function loud<T extends object>(name: string, model: T): T {
  return new Proxy(model, {
    get(target, property) {
      if (typeof property === 'symbol' || property in target || ordinary.has(property)) {
        const value: unknown = Reflect.get(target, property, target)
        return typeof value === 'function' ? value.bind(target) : value
      }
      throw new Error(`electron: ${name}.${property} is not modelled by the harness`)
    },
  })
}

/** An emitter that refuses listeners for events that nobody will ever emit. */
export class LoudEmitter extends EventEmitter {
  constructor(name: string, events: readonly string[]) {
    super()
    const known = new Set(['newListener', 'removeListener', 'error', ...events])
    this.on('newListener', (event: string | symbol) => {
      if (!known.has(String(event)))
        throw new Error(`electron: the event "${String(event)}" of ${name} is not modelled by the harness`)
    })
  }

  /** Emits an event object that can be prevented; gives back whether it was. */
  emitPreventable(event: string, fields: object, ...args: unknown[]): boolean {
    const details = preventable(fields)
    this.emit(event, details, ...args)
    return details.defaultPrevented
  }
}

export function preventable<T extends object>(fields: T): T & { defaultPrevented: boolean; preventDefault(): void } {
  return {
    ...fields,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true
    },
  }
}
