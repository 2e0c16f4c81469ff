/** The desktop's carrier over a real MessageChannel, and the guard in front of it. */
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import { afterEach, describe, expect, it } from 'vitest'
import { serveMessagePort } from '../../src-main/api/message-port.ts'
import { createRouter } from '../../src-main/api/router.ts'
import type { Contract, LiveEvent } from '../../src-preload/contract/index.ts'
import { canary, fakeServices, keptLog } from './fake-services.ts'

const router = createRouter()
const closing: Array<() => void> = []
afterEach(() => closing.splice(0).forEach((close) => close()))

function open() {
  const { port1, port2 } = new MessageChannel()
  const services = fakeServices()
  const log = keptLog()
  const handle = serveMessagePort(port1, { router, context: { services, actor: 'local', log } })
  const link = new RPCLink({ port: port2 })
  port2.start()
  closing.push(() => (handle.close(), port2.close()))
  const client: ContractRouterClient<Contract> = createORPCClient(link)
  return { client, services, log, handle, port: port2 }
}

/** Waits until `check` holds; the test's own time-out is the limit. */
async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a window’s port', () => {
  it('answers calls with the actor it was opened for', async () => {
    const { client, services } = open()
    expect(await client.pools.list()).toHaveLength(1)
    await client.pools.remove({ slug: 'main' })
    expect(services.calls).toEqual([{ call: 'pools.remove', input: 'main', actor: 'local' }])
  })

  it('never lets a field through that the contract does not have', async () => {
    const { client } = open()
    expect(JSON.stringify(await client.keys.list({}))).not.toContain(canary)
    expect(JSON.stringify(await client.keys.create({ secret: canary, pools: ['main'] }))).not.toContain(canary)
  })

  it('gives errors with code, status and data, marked as defined', async () => {
    const { client } = open()
    await expect(client.pools.get({ slug: 'none' })).rejects.toMatchObject({ code: 'POOL_NOT_FOUND', status: 404, defined: true })
    await expect(client.pools.create({ slug: 'A/B', provider: 'openai' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      defined: true,
      data: { fields: [{ path: 'slug' }] },
    })
  })

  it('says nothing about an unexpected failure but a reference, which is in the log without the message', async () => {
    const { client, log } = open()
    const error = await client.keys.check({ id: 'k1' }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'INTERNAL', status: 500, data: { reference: expect.stringMatching(/^[0-9a-f]{12}$/) } })
    expect(JSON.stringify(error)).not.toContain(canary)
    expect(log.lines).toHaveLength(1)
    expect(log.lines[0]?.fields).toMatchObject({ reference: (error as { data: { reference: string } }).data.reference })
    expect(JSON.stringify(log.lines)).not.toContain(canary)
  })

  it.each([
    ['a number', 7],
    ['null', null],
    ['bytes', new Uint8Array([123, 125])],
    ['an object', { i: '1', p: { u: '/pools/list' } }],
    ['text that is not JSON', '{"i":'],
    ['no id', JSON.stringify({ p: { u: '/pools/list' } })],
    ['an absolute address', JSON.stringify({ i: '1', p: { u: 'http://evil.example/pools/list' } })],
    ['an unknown type', JSON.stringify({ i: '1', t: 9, p: {} })],
    ['a stream', JSON.stringify({ i: '1', t: 3, p: { e: 'message', d: 1 } })],
    ['no payload', JSON.stringify({ i: '1' })],
  ])('drops and counts %s, and goes on working', async (_name, message) => {
    const { client, handle, port } = open()
    port.postMessage(message)
    await until(() => handle.dropped() === 1)
    expect(await client.pools.list()).toHaveLength(1)
  })

  it('ignores headers, so that nobody can smuggle in a form or a file', async () => {
    const { client, handle, port } = open()
    port.postMessage(
      JSON.stringify({ i: 'x', p: { u: '/pools/list', h: { 'content-type': 'multipart/form-data; boundary=a' }, b: 'x' } }),
    )
    expect(await client.pools.list()).toHaveLength(1)
    expect(handle.dropped()).toBe(0)
  })

  it('refuses a call that is not in the contract', async () => {
    const { client } = open()
    const wild = client as unknown as { pools: { nothing(): Promise<unknown> } }
    await expect(wild.pools.nothing()).rejects.toMatchObject({ status: 404 })
  })

  it('ends subscriptions when the window’s end closes', async () => {
    const { client, services, port } = open()
    const batches = await client.system.live()
    await until(() => services.listeners() === 1)
    services.emit({ type: 'changed', what: 'pools' })
    expect((await batches.next()).value).toEqual({ events: [{ type: 'changed', what: 'pools' }], dropped: 0 })
    port.close()
    await until(() => services.listeners() === 0)
  })

  it('ends subscriptions and rejects waiting calls when Keywheel closes the port', async () => {
    const { client, services, handle } = open()
    const batches = await client.system.live()
    await until(() => services.listeners() === 1)
    const waiting = batches.next()
    handle.close()
    await expect(waiting).rejects.toThrow(/closed or aborted/)
    await until(() => services.listeners() === 0)
  })

  it('ends a subscription whose event does not fit the contract with a coded error, which is in the log', async () => {
    const { client, services, log } = open()
    const batches = await client.system.live()
    await until(() => services.listeners() === 1)
    services.emit({ type: 'changed', what: canary } as unknown as LiveEvent)
    const error = await batches.next().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'INTERNAL', defined: true, data: { reference: expect.stringMatching(/^[0-9a-f]{12}$/) } })
    expect(log.lines).toHaveLength(1)
    expect(log.lines[0]?.fields).toMatchObject({
      call: 'system.live',
      reference: (error as { data: { reference: string } }).data.reference,
    })
    expect(JSON.stringify([error, log.lines])).not.toContain(canary)
    await until(() => services.listeners() === 0)
  })

  it('ends one subscription when its reader stops, and keeps the port', async () => {
    const { client, services } = open()
    const controller = new AbortController()
    await client.system.live(undefined, { signal: controller.signal })
    await until(() => services.listeners() === 1)
    controller.abort()
    await until(() => services.listeners() === 0)
    expect(await client.pools.list()).toHaveLength(1)
  })

  it('sends nothing after the close', async () => {
    const { client, services, handle } = open()
    let finish: ((value: { changed: number }) => void) | undefined
    services.keys.enable = () => new Promise((resolve) => (finish = resolve))
    const call = client.keys.enableMany({ ids: ['k1'], enabled: false })
    call.catch(() => {})
    await client.pools.list()
    handle.close()
    finish?.({ changed: 1 })
    await expect(call).rejects.toThrow(/closed or aborted/)
  })
})
