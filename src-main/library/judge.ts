/** What an error of a call says about the key: its limit is reached, or nothing. */
import type { Outcome } from '../pool/types.ts'
import { messageHintMs, retryAfterMs } from '../providers/retry-hint.ts'

/** A class of errors, or a function that knows them. */
export type ReachLimit = (new (...args: never[]) => Error) | ((error: unknown) => boolean)

/** The key's own outcome when `error` means "limit reached", with the time the upstream named; else undefined. */
export type Judge = (error: unknown, now: number) => Outcome | undefined

/**
 * In this order: what the program gave, the class named in the pool's settings, and without either every error with the
 * HTTP status 429. Anything else never takes a key out.
 */
export function judgeBy(reachLimit: ReachLimit | undefined, className: string | null): Judge {
  const matches = matcher(reachLimit, className)
  return (error, now) => {
    if (!matches(error)) return undefined
    const hold = holdMs(error, now)
    // The text of the error stays with the caller: upstreams like to quote the key in it.
    return { class: 'rate-short', message: nameOf(error), ...(hold !== undefined && { holdMs: hold }) }
  }
}

function matcher(reachLimit: ReachLimit | undefined, className: string | null): (error: unknown) => boolean {
  if (reachLimit !== undefined) {
    return isErrorClass(reachLimit) ? (error) => error instanceof reachLimit : (error) => reachLimit(error)
  }
  const name = className?.split('.').at(-1) ?? ''
  return name === '' ? (error) => statusOf(error) === 429 : (error) => isNamed(error, name)
}

function isErrorClass(value: ReachLimit): value is new (...args: never[]) => Error {
  const { prototype } = value as { prototype?: unknown }
  return value === (Error as unknown) || prototype instanceof Error
}

/** Whether the error or one of the classes above it has this name. */
function isNamed(error: unknown, name: string): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ((error as { name?: unknown }).name === name) return true
  for (let proto: unknown = Object.getPrototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
    if ((proto as { constructor?: { name?: unknown } }).constructor?.name === name) return true
  }
  return false
}

/** Where the usual clients keep an answer's status: `status`, `statusCode`, or the same of its `response`. */
function statusOf(error: unknown): unknown {
  const { status, statusCode, response } = fields(error)
  return status ?? statusCode ?? fields(response)['status'] ?? fields(response)['statusCode']
}

/** Retry-After and its kin, a `retryAfter` in seconds, or the words of the message. */
function holdMs(error: unknown, now: number): number | undefined {
  const { headers, response, retryAfter, message } = fields(error)
  const seconds = typeof retryAfter === 'number' && retryAfter > 0 && Number.isFinite(retryAfter) ? retryAfter : undefined
  return (
    retryAfterMs(reader(headers ?? fields(response)['headers']), now) ??
    (seconds === undefined ? undefined : Math.ceil(seconds * 1000)) ??
    (typeof message === 'string' ? messageHintMs(message) : undefined)
  )
}

/** Reads Headers, a Map, or a plain object whatever the case of its names. */
function reader(headers: unknown): (name: string) => string | undefined {
  const { get } = fields(headers)
  return (name) => {
    const value: unknown =
      typeof get === 'function'
        ? (get.call(headers, name) as unknown)
        : Object.entries(fields(headers)).find(([key]) => key.toLowerCase() === name)?.[1]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'limit reached'
}
