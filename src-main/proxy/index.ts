/** The door of this room. */
export { createProxy, type Proxy } from './proxy.ts'
