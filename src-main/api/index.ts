/** The contract's implementation, for the transports. */
export type { ApiLog } from './context.ts'
export { errorMapping, toKeywheelError, wireError } from './errors.ts'
export { type ServedPortHandle, serveMessagePort } from './message-port.ts'
export { openApiDocument } from './openapi.ts'
export { type AppRouter, createRouter } from './router.ts'
