/** What every handler gets: the services, who asks, and where failures are written. */
import type { Actor, Services } from '../services/types.ts'

/** The part of a logger (pino's shape) that api/ and web/ use. */
export interface ApiLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface ApiContext {
  services: Services
  actor: Actor
  log: ApiLog
}
