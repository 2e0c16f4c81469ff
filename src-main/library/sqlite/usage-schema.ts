/** The tables of the usage file: narrow rows, with each key and method named once. */

/** Raised with every change of the tables; a file of a newer one is refused. */
export const SCHEMA_VERSION = 1

export const createTables = `
  CREATE TABLE IF NOT EXISTS usage_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS usage_key (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, hint TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS usage_method (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS usage_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key INTEGER NOT NULL REFERENCES usage_key (id),
    status INTEGER NOT NULL,
    latency REAL,
    method INTEGER REFERENCES usage_method (id),
    finished_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS usage_event_window ON usage_event (finished_at, key, status);
`

export const selectEvents = `
  SELECT event.id, usage_key.hash AS key, usage_key.hint, event.status AS statusId, event.latency,
    usage_method.name AS method, event.finished_at AS finishedAt
  FROM usage_event AS event
  JOIN usage_key ON usage_key.id = event.key
  LEFT JOIN usage_method ON usage_method.id = event.method`

/** Every part of a filter is optional but the window; the index holds all that a count needs. */
export const matching = `
  finished_at >= @since
  AND (@key IS NULL OR key = (SELECT id FROM usage_key WHERE hash = @key))
  AND (@statusId IS NULL OR status = @statusId)`

/** How many events there are at most, counted by their numbers, and the oldest one's. */
export const selectSpan = 'SELECT coalesce(max(id) - min(id) + 1, 0) AS span, coalesce(min(id), 0) AS first FROM usage_event'
