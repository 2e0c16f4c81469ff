/** The dummy client: a path that is walked only when it is called, and that nothing else can set off by accident. */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ApiKey, ApiKeyManager, ChainError } from '../../src-main/library/index.ts'
import { failure, rig } from './rig.ts'

describe('calls', () => {
  test('arguments arrive and the result comes back unchanged', async () => {
    const answer = { price: 1 }
    const { manager } = rig(['a'], (_, ...args) => ({ args, answer }))
    expect(await manager.dummyclient.deep.er.call('x', { y: 2 })).toEqual({ args: ['x', { y: 2 }], answer })
  })

  test('a method keeps its owner', async () => {
    class Counter {
      count = 40
      readonly nested = {
        owner: this as Counter,
        value: 2,
        sum(this: { value: number }) {
          return this.value
        },
      }
      next() {
        return (this.count += 1)
      }
    }
    class Key extends ApiKey<Counter> {
      readonly primaryKey = 1
      createClient = () => new Counter()
      testUsability = () => true
    }
    const manager = new ApiKeyManager({ keys: [new Key()] })
    expect([await manager.dummyclient.next(), await manager.dummyclient.next()]).toEqual([41, 42])
    expect(await manager.dummyclient.nested.sum()).toBe(2)
    await manager.close()
  })

  test('a client that makes up its members when they are read', async () => {
    const made = (path: string): object =>
      new Proxy(() => undefined, {
        get: (_, name) => (name === 'then' ? undefined : made(`${path}.${String(name)}`)),
        apply: () => path,
      })
    class Key extends ApiKey {
      readonly primaryKey = 'k'
      createClient = () => made('client')
      testUsability = () => true
    }
    const manager = new ApiKeyManager({ keys: [new Key()] })
    expect(await manager.call('a.b.c')).toBe('client.a.b.c')
    await manager.close()
  })

  test('undefined, null, false, 0 and the empty text are results', async () => {
    for (const value of [undefined, null, false, 0, '']) {
      const { manager, used } = rig(['a', 'b'], () => value)
      expect(await manager.dummyclient.call()).toBe(value)
      expect(used).toHaveLength(1)
    }
  })

  test('no key is chosen before the call', async () => {
    const { manager, used } = rig(['a', 'b'])
    const half = manager.dummyclient.deep.er
    expect(used).toEqual([])
    await half.call()
    await half.call()
    expect(used).toEqual(['a', 'b'])
  })
})

describe('what is not there', () => {
  test.each([
    ['nope', 1, /there is no "nope" \(step 1\)/],
    ['deep.nope.call', 2, /deep\.nope\.call on Object: there is no "nope" \(step 2\)/],
    ['deep.er', 2, /"er" is object, not a method \(step 2\)/],
    ['deep.value', 2, /"value" is number, not a method/],
    ['deep..call', 2, /there is no "" \(step 2\)/],
    ['constructor.constructor', 1, /there is no "constructor"/],
    ['deep.__proto__.toString', 2, /there is no "__proto__"/],
  ])('%s says where it ends', async (path, step, message) => {
    const { manager } = rig(['a'])
    const error = await failure(manager.call(path))
    expect(error).toBeInstanceOf(ChainError)
    expect(error).toMatchObject({ path, step, className: 'Object' })
    expect(error.message).toMatch(message)
  })

  test('the client itself is not a method', async () => {
    const { manager } = rig(['a'])
    const error = await failure((manager.dummyclient as unknown as () => Promise<unknown>)())
    expect(error).toMatchObject({ code: 'NOT_CALLABLE', step: 0 })
    expect(error.message).toContain('a client is not a method; name one')
  })

  test('nothing is counted and no key is blamed', async () => {
    const { manager, used } = rig(['a'])
    for (let call = 0; call < 5; call += 1) await failure(manager.call('no.such.method'))
    expect(await manager.stats.usageCountInRecentNSeconds(60)).toBe(0)
    expect(await manager.stateOf('a')).toMatchObject({ health: 'ready', inFlight: 0 })
    await manager.dummyclient.call()
    expect(used).toEqual(['a'])
  })
})

/** As which programs that look at a chain may take it. */
type Looked = Promise<unknown> & string

describe('a chain may be looked at without a call', () => {
  test.each<[string, (chain: Looked) => unknown]>([
    ['await', async (chain) => await chain],
    ['inspect', (chain) => inspect({ chain })],
    ['JSON', (chain) => JSON.stringify({ chain })],
    ['text', (chain) => String(chain)],
    ['number', (chain) => Number(chain)],
    ['spread into an object', (chain) => ({ ...(chain as object) })],
    ['Promise.resolve', (chain) => Promise.resolve(chain)],
    ['structured comparison', (chain) => Object.is(chain, {})],
    ['type tag', (chain) => Object.prototype.toString.call(chain)],
    ['iteration', (chain) => Symbol.iterator in chain || Symbol.asyncIterator in chain],
  ])('%s', async (_, look) => {
    const { manager, used } = rig(['a'])
    for (const chain of [manager.dummyclient, manager.dummyclient.deep, manager.dummyclient.deep.er.call])
      await look(chain as unknown as Looked)
    expect(used).toEqual([])
  })

  test('it shows its path', () => {
    const { manager } = rig(['a'])
    expect(inspect(manager.dummyclient.deep.er)).toBe('[dummyclient.deep.er]')
    expect(String(manager.dummyclient.deep as unknown as Looked)).toBe('[dummyclient.deep]')
    expect(JSON.stringify({ client: manager.dummyclient })).toBe('{"client":"[dummyclient]"}')
  })

  test('it cannot be written to', () => {
    const { manager } = rig(['a'])
    const open = manager.dummyclient as unknown as Record<string, unknown>
    expect(() => (open['call'] = 1)).toThrow(TypeError)
    expect(() => delete open['call']).toThrow(TypeError)
  })

  test('a manager shows no key when it is printed', () => {
    const { manager } = rig(['sk-very-secret-key'])
    expect(inspect(manager, { depth: 9, showHidden: true })).not.toContain('secret')
  })
})
