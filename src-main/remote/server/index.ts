/** The door of this room: the server side of the apipool protocol. */
export { createApipoolServer } from './server.ts'
