import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { connect } from '../../src-main/storage/connection.ts'
import { filesIn } from '../../src-main/storage/files.ts'
import { key, newFolder, newStorage, nothingCounted, pool, request } from './fixtures.ts'

interface Acknowledged {
  keys: string[]
  batch: number
}

/** Runs the writing child and kills it as soon as `acks` lines have come. */
async function killAfter(acks: number, folder: string, keysPerWrite: number): Promise<Acknowledged> {
  const input = JSON.stringify({ folder, pool: pool(), key: key('x'), request: request({ at: Date.now() }), keysPerWrite })
  const child = spawn(process.execPath, [new URL('./crash-child.ts', import.meta.url).pathname, input], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const seen: Acknowledged = { keys: [], batch: 0 }
  let lines = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, ...words] = line.split(' ')
    if (kind === 'batch') seen.batch = Number(words[0])
    else seen.keys.push(...words)
    lines += 1
    if (lines === acks) child.kill('SIGKILL')
  }
  expect((await exited)[1]).toBe('SIGKILL')
  return seen
}

test.each([
  { acks: 1, keysPerWrite: 1 },
  { acks: 7, keysPerWrite: 1 },
  { acks: 60, keysPerWrite: 1 },
  { acks: 301, keysPerWrite: 1 },
  { acks: 5, keysPerWrite: 2000 },
])(
  'killed after $acks acknowledgements of $keysPerWrite keys: all of them are there, and nothing is half there',
  async (kill) => {
    const folder = newFolder()
    for (const run of [1, 2]) {
      const seen = await killAfter(kill.acks, folder, kill.keysPerWrite)
      const storage = await newStorage({ folder })
      const { keys, memberships } = await storage.load()
      const ids = new Set(keys.map(({ id }) => id))
      expect(seen.keys.filter((id) => !ids.has(id))).toEqual([])
      expect(keys.length % kill.keysPerWrite, `run ${run}`).toBe(0)
      expect(new Set(memberships.map(({ keyId }) => keyId))).toEqual(ids)
      expect(new Set((await storage.vault.records()).map(({ keyId }) => keyId))).toEqual(ids)

      const batches = (await storage.usage.nextBatch()) - 1
      expect(batches).toBeGreaterThanOrEqual(seen.batch)
      // Three rows and one that kept its counts only, in each batch; a batch that comes again changes nothing.
      await storage.usage.append({ number: batches, rows: [request({ id: 'again', at: Date.now() })], counted: nothingCounted })
      expect((await storage.usage.summary({})).requests).toBe(batches * 4)
      await storage.closeNow()
      expect(integrity(folder)).toEqual({ config: 'ok', usage: 'ok', rows: batches * 3 })
    }
  },
)

function integrity(folder: string) {
  const { config, usage } = filesIn(folder)
  const [configFile, usageFile] = [connect(config), connect(usage)] as const
  const rows = usageFile.all<{ count: number }>({ sql: 'SELECT count(*) AS count FROM requests', parameters: [] })
  const result = {
    config: configFile.pragma('integrity_check'),
    usage: usageFile.pragma('integrity_check'),
    rows: rows[0]?.count,
  }
  configFile.close()
  usageFile.close()
  return result
}
