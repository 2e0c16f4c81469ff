/** Opens the storage of a folder: threads that own SQLite, behind asynchronous calls. */
import { existsSync } from 'node:fs'
import type { UsageStore } from '../usage/types.ts'
import type { VaultStore } from '../vault/types.ts'
import { type Cache, createCache } from './cache.ts'
import type { CacheCalls, ReaderCalls, WriterCalls } from './calls.ts'
import { claimFolder, type Files, filesIn } from './files.ts'
import { createReader, type Reader } from './reader.ts'
import { startThread, type Thread } from './thread.ts'
import type { Storage } from './types.ts'
import { createWriter, type Writer } from './writer.ts'

export interface StorageOptions {
  /** Made when it is not there. */
  folder: string
  log: {
    warn(fields: Record<string, unknown>, message: string): void
    info(fields: Record<string, unknown>, message: string): void
  }
  /** Wall ms. */
  now: () => number
  /** A query that takes longer, in ms, is abandoned with STORAGE_FAILED. */
  queryDeadlineMs?: number
  /** A kept answer that takes longer, in ms, is none. */
  cacheDeadlineMs?: number
}

/**
 * Throws STORAGE_FAILED, with `data.action` saying what helps: `close-other` (another Keywheel uses this folder), `update` (the
 * files are from a newer one), `restore` (keywheel.db is damaged; it is never replaced). A damaged usage.db is put aside and
 * begun anew, with a warning in the log; a damaged cache.db is thrown away. The threads of the reader and of the cache start when
 * they are first needed.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { folder, log, now, queryDeadlineMs = 2000 } = options
  const files = filesIn(folder)
  if (!claimFolder(files)) log.warn({ folder }, 'other users of this machine can look into the data folder')
  const cache = cacheIn(files, options)
  const reader = createReader<ReaderCalls>({ start: startReader, deadlineMs: queryDeadlineMs, log })
  const thread = await startThread<WriterCalls>({
    entry: entry('writer-thread'),
    data: { folder },
    onNotice(fields, message) {
      log.warn(fields, message)
      // The file that the reader has open is the one put aside.
      reader.renew().catch((error: unknown) => log.warn({ err: error }, 'the reader could not be renewed'))
    },
  })
  const writer = createWriter(thread)

  function startReader(): Promise<Thread<ReaderCalls>> {
    return startThread<ReaderCalls>({
      entry: entry('reader-thread'),
      data: { folder },
      onNotice: (fields, message) => log.warn(fields, message),
      onCorrupt: () =>
        void writer.call('checkUsage').catch((error: unknown) => log.warn({ err: error }, 'usage.db could not be checked')),
    })
  }

  /** The reader first: the last one to close a file empties its WAL, and only the writer can. One that fails keeps no file open. */
  async function closeAll(): Promise<void> {
    const ends = await Promise.allSettled([reader.close(), cache.close()])
    await writer.close()
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  return {
    load: () => writer.call('load'),
    write: writer.write,
    saveMemory: (changes) => writer.call('saveMemory', changes),
    vault: vaultStore(writer),
    usage: usageStore(writer, reader, now),
    sizes: () => writer.call('sizes'),
    cache,
    reports: {
      add: (rows) => writer.call('addReports', rows),
    },
    clientDays: (query) => reader.ask('clientDays', query),
    history: (query) => writer.call('history', query),
    addKeyEvents: (rows) => writer.call('addKeyEvents', rows),
    forgetKeyEvents: (keyIds) => writer.call('forgetKeyEvents', keyIds),
    keyEvents: (keyId) => reader.ask('keyEvents', keyId),
    copyConfig: (to) => writer.call('copyConfig', to),
    readCopy: (file, whole) => writer.call('readCopy', { file, whole }),
    followRequests: (query) => reader.ask('follow', query),
    async erase() {
      await cache.clear()
      await writer.erase()
    },
    close: closeAll,
  }
}

function cacheIn(files: Files, { folder, log, now, cacheDeadlineMs = 500 }: StorageOptions): Cache {
  return createCache({
    present: () => existsSync(files.cache),
    start: () =>
      startThread<CacheCalls>({
        entry: entry('cache-thread'),
        data: { folder },
        onNotice: (fields, message) => log.warn(fields, message),
      }),
    log,
    now,
    deadlineMs: cacheDeadlineMs,
  })
}

/** Beside this file, whether it runs as it is or bundled. */
function entry(name: string): URL {
  return new URL(`./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
}

function vaultStore(writer: Writer): VaultStore {
  return {
    load: () => writer.call('loadVault'),
    records: () => writer.call('loadRecords'),
    apply: (vault) => writer.write({ vault }),
  }
}

function usageStore(writer: Writer, reader: Reader<ReaderCalls>, now: () => number): UsageStore {
  return {
    append: (batch) => writer.call('append', batch),
    nextBatch: () => writer.call('nextBatch'),
    summary: (query) => reader.ask('summary', { query, now: now() }),
    series: (query) => reader.ask('series', { query, now: now() }),
    models: (query) => reader.ask('models', { query, now: now() }),
    keys: (query) => reader.ask('keys', { query, now: now() }),
    shares: (query) => reader.ask('shares', { query, now: now() }),
    keyModels: (query) => reader.ask('keyModels', query),
    keyHours: (query) => reader.ask('keyHours', query),
    list: (query) => reader.ask('list', { query, now: now() }),
    count: (query) => reader.ask('count', { query, now: now() }),
    get: (id) => reader.ask('get', { id }),
    eventsByKey: (query) => reader.ask('eventsByKey', { query, now: now() }),
    eventSeries: (query) => reader.ask('eventSeries', { query, now: now() }),
    events: (query) => reader.ask('events', { query, now: now() }),
    async retain(keep) {
      let sum = 0
      let deleted: number
      do {
        // One call per slice: what else the writer has to do comes in between.
        deleted = await writer.call('retain', { keep, now: now() })
        sum += deleted
      } while (deleted > 0)
      return sum
    },
    bytes: async () => (await writer.call('sizes')).usageBytes,
  }
}
