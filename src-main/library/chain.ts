/** `pool.a.b.c(…)` as a path and its arguments: a proxy that looks nothing up before the call. */
import { inspect } from 'node:util'
import { ChainError } from './errors.ts'

/** The same client, with every method asynchronous. Properties that are no methods cannot be read through a pool. */
export type Pooled<Client> = unknown extends Client ? AnyChain : PooledMember<Client>

type PooledMember<Member> = Member extends (...args: infer Args) => infer Result
  ? ((...args: Args) => Promise<Awaited<Result>>) & PooledMembers<Member>
  : Member extends object
    ? PooledMembers<Member>
    : never

type PooledMembers<Member> = { readonly [Name in keyof Member]-?: PooledMember<Member[Name]> }

/** For clients whose type is not known. */
export interface AnyChain {
  (...args: unknown[]): Promise<unknown>
  readonly [name: string]: AnyChain
}

/** Calls what is at the end of `path`. */
export type CallPath = (path: readonly string[], args: readonly unknown[]) => Promise<unknown>

/**
 * A chain that ends in `call`. `then` and symbols are not part of it, so that it may be awaited, printed and
 * serialised; a method of such a name is reached with `manager.call('path.then', …)`.
 */
export function chain(root: string, call: CallPath, path: readonly string[] = []): AnyChain {
  const name = [root, ...path].join('.')
  const target = () => undefined
  Object.defineProperty(target, inspect.custom, { value: () => `[${name}]` })
  return new Proxy(target, {
    get: (_, property) => {
      if (property === inspect.custom) return () => `[${name}]`
      if (typeof property === 'symbol' || property === 'then') return undefined
      // Asked for by JSON.stringify, String() and template texts.
      if (property === 'toJSON' || property === 'toString' || property === 'valueOf') return () => `[${name}]`
      return chain(root, call, [...path, property])
    },
    apply: (_, __, args: unknown[]) => call(path, args),
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  }) as unknown as AnyChain
}

/** A dotted path in its steps; what is no path is found out by `resolve`. */
export function stepsOf(method: string | readonly string[]): readonly string[] {
  return typeof method === 'string' ? method.split('.') : method
}

/** Names that lead out of any client into the language itself. */
const barred: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** The method at the end of a path and what it belongs to. Throws ChainError; what a getter throws comes through. */
export function resolve(client: unknown, path: readonly string[]): { method: (...args: unknown[]) => unknown; owner: unknown } {
  const where = (step: number) => ({ path: path.join('.') || 'the client', step, className: classOf(client) })
  let owner: unknown
  let member = client
  for (const [index, name] of path.entries()) {
    owner = member
    // Not asked with `in`: some clients are proxies themselves and make up their members when they are read.
    member = owner === null || barred.has(name) ? undefined : (owner as Record<string, unknown>)[name]
    if (member === undefined) {
      throw new ChainError('NO_SUCH_METHOD', where(index + 1), `there is no "${name}" (step ${index + 1}).`)
    }
  }
  if (typeof member !== 'function') {
    const what = path.length === 0 ? 'a client is not a method; name one' : `"${path.at(-1)}" is ${kindOf(member)}, not a method`
    throw new ChainError('NOT_CALLABLE', where(path.length), `${what} (step ${path.length}).`)
  }
  return { method: member as (...args: unknown[]) => unknown, owner }
}

function classOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return kindOf(value)
  return (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name || 'Object'
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
}
