/** Quitting waits until everything is written down, however often and from wherever it is asked for. */
import { app } from 'electron'

/** Runs `steps` once, in order, before the program ends; one that fails is reported and the next one runs. Gives back whether it has begun. */
export function closeBeforeQuit(steps: ReadonlyArray<() => unknown>, onError: (error: unknown) => void): () => boolean {
  let state: 'open' | 'closing' | 'closed' = 'open'

  const close = async () => {
    for (const step of steps) {
      try {
        await step()
      } catch (error) {
        onError(error)
      }
    }
    state = 'closed'
    app.quit()
  }
  app.on('before-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    void close()
  })
  return () => state !== 'open'
}
