/** The door of this room. */
export { createClientDirectory } from './directory.ts'
export { hashToken, newToken } from './token.ts'
