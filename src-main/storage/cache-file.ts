/** cache.db in its thread: whatever is wrong with it, it is thrown away, because every answer in it can be had again. */
import { type Connection, connect, tuneCache } from './connection.ts'
import { claimFile, removeDatabase, sizeOf } from './files.ts'
import { assertSound, corrupt, type ReplaceableFile, replaceableFile } from './replaceable.ts'

/** A file of any other version is thrown away. */
const version = 1

const schema = `
  -- digest: SHA-256 of all that the answer depends on. sum: CRC-32 of the body, which SQLite does not watch over.
  CREATE TABLE answers (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, until INTEGER NOT NULL, usedAt INTEGER NOT NULL, bytes INTEGER NOT NULL,
    status INTEGER NOT NULL, headers TEXT NOT NULL, usage TEXT, sum INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX answersByUse ON answers (usedAt);
  CREATE INDEX answersByEnd ON answers (until);
  -- Apart, so that what is written at each use is small.
  CREATE TABLE bodies (id INTEGER PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE, body BLOB NOT NULL) STRICT;
`

/** Looking through a larger one takes more than a moment; damage is then found when it is met. */
const checkedAtStart = 32 * 1024 * 1024

/** `lost` is told why a file was thrown away. */
export function openCacheFile(file: string, lost: (damage: unknown) => void): ReplaceableFile {
  return replaceableFile(
    () => open(file),
    (damage) => {
      removeDatabase(file)
      if (damage !== null) lost(damage)
    },
  )
}

function open(file: string): Connection {
  claimFile(file)
  const opened = connect(file)
  try {
    const found = opened.pragma('user_version') as number
    if (found !== 0 && found !== version) throw corrupt(`it is of version ${found}`)
    tuneCache(opened)
    if (found === 0) make(opened)
    else if (sizeOf(file) <= checkedAtStart) assertSound(opened)
    return opened
  } catch (error) {
    opened.close()
    throw error
  }
}

function make(connection: Connection): void {
  connection.transaction(() => {
    connection.exec(schema)
    connection.pragma(`user_version = ${version}`)
  })
}
