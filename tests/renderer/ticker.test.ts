import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTicker, type Ticker } from '../../src-renderer/parts/ticker.ts'

class Page extends EventTarget {
  hidden = false

  turn(hidden: boolean): void {
    this.hidden = hidden
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

let page: Page
let ticker: Ticker
const listener = vi.fn<() => void>()

beforeEach(() => {
  vi.useFakeTimers()
  listener.mockClear()
  page = new Page()
  ticker = createTicker(page)
})
afterEach(() => vi.useRealTimers())

test('all listeners share one timer, which runs only while there are any', () => {
  expect(vi.getTimerCount()).toBe(0)
  const ends = [ticker.subscribe(listener), ticker.subscribe(() => {})]
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(3000)
  expect(listener).toHaveBeenCalledTimes(3)
  expect(ticker.now()).toBe(Date.now())
  for (const end of ends) end()
  expect(vi.getTimerCount()).toBe(0)
})

test('it stands still while the page is hidden, and tells the time at once when it is seen again', () => {
  ticker.subscribe(listener)
  page.turn(true)
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(60_000)
  expect(listener).not.toHaveBeenCalled()
  page.turn(false)
  expect(listener).toHaveBeenCalledTimes(1)
  expect(ticker.now()).toBe(Date.now())
  vi.advanceTimersByTime(1000)
  expect(listener).toHaveBeenCalledTimes(2)
})

test('who asks when nobody has listened for a while is told the time, and the same for a second', () => {
  vi.advanceTimersByTime(120_000)
  const told = ticker.now()
  expect(told).toBe(Date.now())
  vi.advanceTimersByTime(999)
  expect(ticker.now()).toBe(told)
  vi.advanceTimersByTime(1)
  expect(ticker.now()).toBe(Date.now())
})
