/** Subscriptions: bounded, batched, over with their signal. */
import { describe, expect, it } from 'vitest'
import { live } from '../../src-main/api/live.ts'
import type { LiveEvent } from '../../src-preload/contract/index.ts'
import { requestRow } from '../renderer/build-rows.ts'

function source() {
  const listeners = new Set<(event: LiveEvent) => void>()
  return {
    subscribe: (listener: (event: LiveEvent) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit: (what: 'pools' | 'keys' | 'usage') => listeners.forEach((listener) => listener({ type: 'changed', what })),
    finish: (id: string) =>
      listeners.forEach((listener) => listener({ type: 'request.finished', request: { ...requestRow(), id } })),
    size: () => listeners.size,
  }
}

describe('live', () => {
  it('gives what came between two batches as one array, in order', async () => {
    const events = source()
    const iterator = live(new AbortController().signal, events.subscribe, { interval: 5 })
    const first = iterator.next()
    events.emit('pools')
    expect((await first).value).toEqual({ events: [{ type: 'changed', what: 'pools' }], dropped: 0 })
    for (const what of ['keys', 'usage', 'pools'] as const) events.emit(what)
    const second = await iterator.next()
    expect(second.value?.events.map((event) => event.type === 'changed' && event.what)).toEqual(['keys', 'usage', 'pools'])
    await iterator.return()
  })

  it('keeps only the newest events of a flood and says how many it dropped', async () => {
    const events = source()
    const iterator = live(new AbortController().signal, events.subscribe, { interval: 1, capacity: 3 })
    const first = iterator.next()
    events.emit('pools')
    await first
    for (let i = 0; i < 10; i++) events.finish(`request-${i}`)
    events.emit('usage')
    const { value } = await iterator.next()
    expect(value).toMatchObject({ dropped: 8 })
    expect(value?.events).toHaveLength(3)
    expect(value?.events.at(-1)).toEqual({ type: 'changed', what: 'usage' })
    await iterator.return()
  })

  it('tells a state once for each batch, the newest', async () => {
    const events = source()
    const iterator = live(new AbortController().signal, events.subscribe, { interval: 5 })
    const first = iterator.next()
    events.emit('pools')
    await first
    for (const what of ['keys', 'pools', 'keys', 'usage', 'pools'] as const) events.emit(what)
    const { value } = await iterator.next()
    expect(value?.events.map((event) => event.type === 'changed' && event.what)).toEqual(['keys', 'usage', 'pools'])
    expect(value?.dropped).toBe(0)
    await iterator.return()
  })

  it.each(['before the first event', 'between two batches'])('ends and unsubscribes when its signal aborts %s', async (when) => {
    const events = source()
    const controller = new AbortController()
    // A batch window far longer than the test: only the signal can end the wait.
    const iterator = live(controller.signal, events.subscribe, { interval: 3_600_000 })
    const first = iterator.next()
    if (when === 'between two batches') {
      events.emit('pools')
      await first
    }
    const waiting = when === 'between two batches' ? iterator.next() : first
    controller.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(events.size()).toBe(0)
  })

  it('does not subscribe at all when its signal was aborted before', async () => {
    const events = source()
    const iterator = live(AbortSignal.abort(), events.subscribe)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(events.size()).toBe(0)
  })
})
