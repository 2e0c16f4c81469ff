/** The end of the program by signals: orderly at the first, at once when somebody insists. */

/** Ctrl+C in a terminal reaches every process of the group, and those that started us pass it on as well: that is one wish. */
const sameWishMs = 1000

/** Calls `stop` at the first signal and `insist` at one that comes later than a second after it. */
export function onStopSignals(stop: () => void, insist: () => void): void {
  let first: number | undefined
  const onSignal = () => {
    const now = performance.now()
    if (first === undefined) {
      first = now
      stop()
    } else if (now - first >= sameWishMs) insist()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}
