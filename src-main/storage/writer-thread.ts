/** The thread that owns both databases: every write goes through here, one at a time. */
import { parentPort, workerData } from 'node:worker_threads'
import { append, nextBatch } from '../usage/append.ts'
import { type Notice, serve, type WriterCalls } from './calls.ts'
import { erase, load, write } from './config.ts'
import { openConfigFile } from './config-file.ts'
import type { Connection } from './connection.ts'
import { readCopy } from './copies.ts'
import { toWire } from './errors.ts'
import { type Files, filesIn, removeCopies, sizeOf } from './files.ts'
import { changesOf } from './history.ts'
import { addEvents, forgetEvents } from './key-events.ts'
import { takeLock } from './lock.ts'
import { copyDatabase } from './migrate.ts'
import { createStage } from './parts.ts'
import { assertSound, type ReplaceableFile } from './replaceable.ts'
import { addReports } from './reports.ts'
import { headers, intents, records, slots } from './tables.ts'
import { openUsageFile } from './usage-file.ts'
import { eraseUsage, loadMemory, retain, saveMemory } from './usage-writes.ts'

function open(files: Files, notice: Notice): WriterCalls {
  // The lock first: without it not even the modes of the files may be touched.
  const opened: { close(): void }[] = [takeLock(files.lock)]
  try {
    const config = openConfigFile(files)
    opened.unshift(config)
    const usage = openUsageFile(files, Date.now, (aside, error) =>
      notice(
        { aside, error: toWire(error).message },
        'usage.db was damaged: it was put aside, and usage is counted anew from now on',
      ),
    )
    opened.unshift(usage)
    return handlers(files, config, usage, () => opened.forEach((each) => each.close()))
  } catch (error) {
    for (const each of opened) each.close()
    throw error
  }
}

function handlers(files: Files, config: Connection, usage: ReplaceableFile, close: () => void): WriterCalls {
  const stage = createStage()
  return {
    load: () => ({ ...load(config), memory: usage.run(loadMemory) }),
    stage: stage.add,
    write: (part) => write(config, stage.whole(part)),
    saveMemory: (changes) => usage.run((connection) => saveMemory(connection, changes)),
    loadVault: () => ({ header: headers.all(config)[0] ?? null, slots: slots.all(config), intents: intents.all(config) }),
    loadRecords: () => records.all(config),
    append: (batch) => usage.run((connection) => append(connection, batch)),
    addReports: (rows) => usage.run((connection) => addReports(connection, rows)),
    addKeyEvents: (rows) => usage.run((connection) => addEvents(connection, rows)),
    forgetKeyEvents: (keyIds) => usage.run((connection) => forgetEvents(connection, keyIds)),
    history: (query) => changesOf(config, query),
    copyConfig: (to) => copyDatabase(config, to),
    readCopy: ({ file, whole }) => readCopy(file, whole),
    nextBatch: () => usage.run(nextBatch),
    retain: ({ keep, now }) => usage.run((connection) => retain(connection, keep, now)),
    checkUsage: () => usage.run(assertSound),
    sizes: () => ({
      databaseBytes: sizeOf(files.config),
      usageBytes: sizeOf(files.usage),
      cacheBytes: sizeOf(files.cache),
    }),
    erase: () => {
      erase(config)
      usage.run(eraseUsage)
      removeCopies(files)
    },
    close,
  }
}

serve<WriterCalls>(parentPort, (notice) => open(filesIn((workerData as { folder: string }).folder), notice))
