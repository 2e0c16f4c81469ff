/** The door of this room. */
export { creditRuleFor, creditsBy } from './credit-rules.ts'
export { createClientDirectory } from './directory.ts'
export {
  checkAndDeduct,
  fromMicros,
  lowestQuota,
  openQuota,
  type Quota,
  redefine,
  remainingOf,
  settle,
  toMicros,
} from './quota.ts'
export { hashToken, newToken } from './token.ts'
