/** The thread that keeps answers. It alone opens cache.db. */
import { parentPort, workerData } from 'node:worker_threads'
import { openCacheFile } from './cache-file.ts'
import { find, info, keep, sweep } from './cache-rows.ts'
import { type CacheCalls, type Notice, serve } from './calls.ts'
import { toWire } from './errors.ts'
import { filesIn } from './files.ts'

function open(folder: string, notice: Notice): CacheCalls {
  const file = openCacheFile(filesIn(folder).cache, (damage) =>
    notice({ error: toWire(damage).message }, 'cache.db could not be read: it was thrown away, and answers are kept anew'),
  )
  return {
    find: (input) => file.run((cache) => find(cache, input)),
    keep: (input) => file.run((cache) => keep(cache, input)),
    sweep: (input) => file.run((cache) => sweep(cache, input)),
    info: () => file.run(info),
    clear: () => file.renew(),
    close: () => file.close(),
  }
}

serve<CacheCalls>(parentPort, (notice) => open((workerData as { folder: string }).folder, notice))
