/** Writes keys and usage without end and prints each number once it is acknowledged; its parent kills it. */
import { writeSync } from 'node:fs'
import { openStorage } from '../../src-main/storage/open.ts'
import type { KeyRow, PoolRow } from '../../src-main/storage/types.ts'
import { createFold } from '../../src-main/usage/fold.ts'
import type { RequestRow } from '../../src-preload/contract/index.ts'

const input = JSON.parse(process.argv[2] ?? '') as {
  folder: string
  pool: PoolRow
  key: KeyRow
  request: RequestRow
  keysPerWrite: number
}
const silent = { info: () => undefined, warn: () => undefined }
const storage = await openStorage({ folder: input.folder, log: silent, now: Date.now })
await storage.write({ putPools: [input.pool] })
const startedWith = (await storage.load()).keys.length / input.keysPerWrite
const firstBatch = await storage.usage.nextBatch()

for (let round = 0; ; round += 1) {
  const ids = Array.from({ length: input.keysPerWrite }, (_, index) => `k${startedWith + round}-${index}`)
  const number = firstBatch + round
  const fold = createFold()
  fold.add(input.request)
  const rows = ['a', 'b', 'c'].map((each) => ({ ...input.request, id: `r${number}${each}` }))
  await Promise.all([
    storage.usage.append({ number, rows, counted: fold.take() }).then(() => writeSync(1, `batch ${number}\n`)),
    storage
      .write({
        putKeys: ids.map((id) => ({ ...input.key, id, fingerprint: id })),
        setMemberships: ids.map((keyId) => ({ keyId, pools: [{ pool: input.pool.slug, priority: 0, weight: 1 }] })),
        vault: { putRecords: ids.map((keyId) => ({ keyId, revision: 1, data: Buffer.from(keyId) })) },
      })
      .then(() => writeSync(1, `keys ${ids.join(' ')}\n`)),
  ])
}
