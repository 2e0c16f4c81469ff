/** What a page costs, as the browser itself counts it. */
import type { CDPSession, Page } from '@playwright/test'

export interface Cost {
  /** Milliseconds of the page's main thread: all of it, and scripts alone. Processor time: what else the machine does is not in it. */
  taskMs: number
  scriptMs: number
}

export interface Watch {
  /** Since the page was opened. */
  cost(): Promise<Cost>
  /** Bytes that are in use after a collection. */
  heap(): Promise<number>
}

export async function watch(page: Page): Promise<Watch> {
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const metrics = async () => {
    const { metrics: all } = await session.send('Performance.getMetrics')
    return (name: string) => all.find((metric) => metric.name === name)?.value ?? Number.NaN
  }
  return {
    async cost() {
      const value = await metrics()
      return { taskMs: value('TaskDuration') * 1000, scriptMs: value('ScriptDuration') * 1000 }
    },
    async heap() {
      await session.send('HeapProfiler.collectGarbage')
      const value = await metrics()
      return value('JSHeapUsedSize')
    },
  }
}

/**
 * Milliseconds from `hash` being put into the address until nothing is added to what the window shows, and no placeholder is
 * left there: what lies below may still come.
 */
export function settle(page: Page, hash: string): Promise<number> {
  return page.evaluate(
    ({ target, quietMs, longestMs }) =>
      new Promise<number>((resolve, reject) => {
        const start = performance.now()
        let last = start
        const isSeen = (node: Node) => {
          if (!(node instanceof Element)) return false
          const { top, bottom } = node.getBoundingClientRect()
          return bottom > 0 && top < innerHeight
        }
        // Texts that count seconds change for ever; what is drawn anew adds elements.
        const observer = new MutationObserver((changes) => {
          if (changes.some(({ addedNodes }) => [...addedNodes].some(isSeen))) last = performance.now()
        })
        observer.observe(document.body, { childList: true, subtree: true })
        const end = (settled: () => void) => {
          clearInterval(timer)
          observer.disconnect()
          settled()
        }
        const timer = setInterval(() => {
          const now = performance.now()
          const waits = [...document.querySelectorAll('.mantine-Skeleton-root, [aria-busy="true"]')].some(isSeen)
          if (!waits && now - last >= quietMs) end(() => resolve(last - start))
          else if (now - start > longestMs) end(() => reject(new Error(`${target} does not come to rest`)))
        }, 50)
        location.hash = target
      }),
    { target: hash, quietMs: 500, longestMs: 60_000 },
  )
}
