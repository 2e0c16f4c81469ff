/** Long waits without waiting: timers are written down, and the test lets the time of some of them pass. */

interface Pending {
  ms: number
  run: () => void
}

const pending = new Map<NodeJS.Timeout, Pending>()
const runs = new Map<number, number>()
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis

export function watchTimers(): void {
  const watched = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const run = () => {
      pending.delete(timer)
      runs.set(ms, timersRun(ms) + 1)
      callback(...args)
    }
    const timer = startTimer(run, ms)
    if (ms >= 1000) pending.set(timer, { ms, run })
    return timer
  }
  globalThis.setTimeout = watched as typeof setTimeout
  globalThis.clearTimeout = (timer) => {
    if (typeof timer === 'object') pending.delete(timer)
    stopTimer(timer)
  }
}

/** Runs now what was to run `ms` after it was set; gives back how many did. */
export function passTime(ms: number): number {
  const due = [...pending].filter(([, timer]) => timer.ms === ms)
  for (const [timer, { run }] of due) {
    stopTimer(timer)
    run()
  }
  return due.length
}

export function waitingTimers(ms: number): number {
  return [...pending.values()].filter((timer) => timer.ms === ms).length
}

/** How many have run, by themselves or by the test. */
export function timersRun(ms: number): number {
  return runs.get(ms) ?? 0
}
