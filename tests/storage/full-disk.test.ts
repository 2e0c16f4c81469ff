import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createUsageRecorder } from '../../src-main/usage/recorder.ts'
import { key, memoryLog, newFolder, newStorage, pool, request } from './fixtures.ts'

const run = (command: string, ...words: string[]) => void execFileSync(command, words, { stdio: 'ignore' })

/** Why a small file system of our own cannot be had here; null when it can. */
function mountRefusal(): string | null {
  if (process.platform !== 'linux') return 'needs Linux'
  return process.getuid?.() === 0 && mounts() ? null : 'needs the right to mount a file system'
}

function mounts(): boolean {
  const probe = '/tmp/keywheel-mount-probe'
  mkdirSync(probe, { recursive: true })
  try {
    run('mount', '-t', 'tmpfs', 'tmpfs', probe)
    run('umount', probe)
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

const refusal = mountRefusal()

test.skipIf(refusal !== null)(
  `on a full disk writes say so, nothing is lost, and room mends it${refusal ? ` (${refusal})` : ''}`,
  async () => {
    const disk = newFolder()
    mkdirSync(disk)
    run('mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk)
    onTestFinished(() => run('umount', '-l', disk))
    const storage = await newStorage({ folder: join(disk, 'data') })
    const log = memoryLog()
    const clock = { after: () => () => undefined }
    const recorder = createUsageRecorder({ store: storage.usage, clock, log, maxQueued: 100 })
    await storage.write({ putPools: [pool()], putKeys: [key('k1')] })

    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(bavail * bsize))
    const many = Array.from({ length: 5000 }, (_, index) => key(`many-${index}`))
    await expect(storage.write({ putKeys: many })).rejects.toMatchObject({ code: 'DISK_FULL' })
    for (let index = 0; index < 300; index += 1)
      recorder.record(request({ id: `r${index}`, at: Date.now(), path: '/'.padEnd(5000, 'x') }))
    await expect(recorder.flush()).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect((await storage.load()).keys.map(({ id }) => id)).toEqual(['k1'])
    expect((await storage.usage.summary({})).requests).toBe(0)

    rmSync(join(disk, 'ballast'))
    await recorder.flush()
    await storage.write({ putKeys: many.slice(0, 100) })
    expect((await storage.load()).keys).toHaveLength(101)
    expect(await storage.usage.summary({})).toMatchObject({ requests: 300, inputTokens: 3000 })
    await storage.closeNow()
  },
)
