/** `Notification`: what the desktop shows, and what a click on it does. */
import { needsReady, seen } from './host.ts'
import { LoudEmitter } from './loud.ts'

export class Notification extends LoudEmitter {
  static readonly shown: Notification[] = []
  readonly #options: Electron.NotificationConstructorOptions

  constructor(options: Electron.NotificationConstructorOptions) {
    super('Notification', ['click', 'close'])
    needsReady('Notification')
    this.#options = options
  }

  static isSupported(): boolean {
    return true
  }

  show(): void {
    const { title = '', body = '' } = this.#options
    Notification.shown.push(this)
    seen.notifications.push({ title, body })
  }

  close(): void {
    this.emit('close')
  }
}
Notification.prototype satisfies Pick<Electron.Notification, 'show' | 'close'>
