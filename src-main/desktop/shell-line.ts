/** The services as the window sees them, with what the shell itself has to say to the page: run this command. */
import type { CommandId, LiveEvent } from '../../src-preload/contract/index.ts'
import type { Services } from '../services/types.ts'

export interface ShellLine {
  services: Services
  /** `subject`: which one, e.g. a notice's id. A page that is not there yet misses it. */
  run(command: CommandId, subject?: string): void
}

export function createShellLine(services: Services): ShellLine {
  const listeners = new Set<(event: LiveEvent) => void>()
  return {
    services: {
      ...services,
      subscribe(listener) {
        listeners.add(listener)
        const leave = services.subscribe(listener)
        return () => {
          listeners.delete(listener)
          leave()
        }
      },
    },
    run(command, subject) {
      for (const listener of listeners) listener({ type: 'command', command, subject: subject ?? null })
    },
  }
}
