/** The tables of usage.db as this room writes them. Column names are the contract's field names, so that rows need no mapping. */
import type { RequestOutcome, RequestRow, SeriesQuery } from '../../src-preload/contract/index.ts'

export type Period = SeriesQuery['bucket']

export const periodMs: Record<Period, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** A request with its lists as JSON (null = empty) and its flag as 0 or 1. */
export type StoredRequest = Omit<RequestRow, 'attempts' | 'streamed' | 'dropped'> & {
  attempts: string
  streamed: number
  dropped: string | null
}

/** Sums over requests of one period, outcome, pool and model (the one that served, else the one asked for, else ''). */
export interface CoarseRow {
  period: Period
  /** Start of the period, UTC. */
  at: number
  outcome: RequestOutcome
  pool: string
  model: string
  requests: number
  attempts: number
  /** Of those attempts: answered, and stopped by a limit or for want of credit. */
  okAttempts: number
  limitedAttempts: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  reasoningTokens: number
  /** Sum of the known costs. */
  costNanos: number
  /** Requests whose cost is known. */
  costKnown: number
  /** Requests that were answered (ok) at a cost nobody knows. */
  costUnknown: number
}

/** One bucket of the histogram of total times (histogram.ts). */
export interface LatencyRow {
  period: Period
  at: number
  bucket: number
  outcome: RequestOutcome
  pool: string
  model: string
  count: number
}

/** Sums per key (counting attempts, failed ones too) or per client (counting requests). */
export interface FineRow {
  kind: 'key' | 'client'
  period: Exclude<Period, 'minute'>
  at: number
  subject: string
  pool: string
  calls: number
  failed: number
  /** Of the failed ones: stopped by a limit or for want of credit. */
  limited: number
  inputTokens: number
  outputTokens: number
  costNanos: number
  costKnown: number
  costUnknown: number
  /** Start of the newest request in here. */
  lastAt: number
}

/** A call that a program made elsewhere with our keys, as it told us. */
export interface StoredReport {
  /** Digest of all that makes the event one of a kind, hex: the same event told twice is stored once. */
  id: string
  pool: string
  /** As the program calls itself, e.g. host:pid. */
  reporter: string
  /** What the key is called in the apipool protocol; never a secret. */
  key: string
  status: EventStatus
  /** Seconds. */
  latency: number | null
  method: string | null
  /** Wall ms. */
  at: number
}

/** How a call ended, as the apipool protocol tells them apart. */
export type EventStatus = 'success' | 'failed' | 'reach_limit' | 'unknown'

export interface Rollups {
  coarse: CoarseRow[]
  latency: LatencyRow[]
  fine: FineRow[]
}

/** Numbered, forward only; storage runs each in one transaction. A shipped one is never edited. */
export const usageMigrations: readonly { version: number; name: string; sql: string }[] = [
  {
    version: 1,
    name: 'requests, rollups, marks',
    // Not STRICT: a figure of the wrong kind must not hold up the log.
    sql: `
      CREATE TABLE requests (
        id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, clientId TEXT, clientName TEXT, pool TEXT NOT NULL, keyId TEXT,
        keyLabel TEXT, chosenBy TEXT, method TEXT NOT NULL, path TEXT NOT NULL, modelAsked TEXT, modelServed TEXT,
        status INTEGER, outcome TEXT NOT NULL, attempts TEXT NOT NULL, streamed INTEGER NOT NULL, msQueued REAL NOT NULL,
        msFirstByte REAL, msTotal REAL NOT NULL, bytesIn INTEGER NOT NULL, bytesOut INTEGER NOT NULL, inputTokens INTEGER,
        outputTokens INTEGER, cacheReadTokens INTEGER, cacheWriteTokens INTEGER, reasoningTokens INTEGER,
        costNanos INTEGER, errorCode TEXT
      );
      CREATE INDEX requestsByTime ON requests (at, id);
      -- at, then outcome or bucket: sums per moment come out of the key's order, without a sort.
      CREATE TABLE coarse (
        period TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL, pool TEXT NOT NULL, model TEXT NOT NULL,
        requests INTEGER NOT NULL, attempts INTEGER NOT NULL, inputTokens INTEGER NOT NULL, outputTokens INTEGER NOT NULL,
        cacheReadTokens INTEGER NOT NULL, cacheWriteTokens INTEGER NOT NULL, reasoningTokens INTEGER NOT NULL,
        costNanos INTEGER NOT NULL, costKnown INTEGER NOT NULL, costUnknown INTEGER NOT NULL,
        PRIMARY KEY (period, at, outcome, pool, model)
      ) WITHOUT ROWID;
      CREATE TABLE latency (
        period TEXT NOT NULL, at INTEGER NOT NULL, bucket INTEGER NOT NULL, outcome TEXT NOT NULL, pool TEXT NOT NULL,
        model TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (period, at, bucket, outcome, pool, model)
      ) WITHOUT ROWID;
      CREATE TABLE fine (
        kind TEXT NOT NULL, period TEXT NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, pool TEXT NOT NULL,
        calls INTEGER NOT NULL, failed INTEGER NOT NULL, inputTokens INTEGER NOT NULL, outputTokens INTEGER NOT NULL,
        costNanos INTEGER NOT NULL, costKnown INTEGER NOT NULL, lastAt INTEGER NOT NULL,
        PRIMARY KEY (kind, period, at, subject, pool)
      ) WITHOUT ROWID;
      CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE marks (
        keyId TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL, until INTEGER, reason TEXT, strikes INTEGER NOT NULL,
        at INTEGER NOT NULL, PRIMARY KEY (keyId, model)
      );
    `,
  },
  {
    version: 2,
    name: 'lanes and estimates of requests, marks of keys and of accounts, meters',
    // Marks were a key's until now. What the account was blamed for goes to the account; a lone key's has the key's own name.
    sql: `
      ALTER TABLE requests ADD COLUMN lane TEXT NOT NULL DEFAULT 'interactive';
      ALTER TABLE requests ADD COLUMN estimatedTokens INTEGER;
      ALTER TABLE marks RENAME TO oldMarks;
      CREATE TABLE marks (
        scope TEXT NOT NULL, owner TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL, until INTEGER, reason TEXT,
        strikes INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (scope, owner, model)
      );
      INSERT INTO marks
        SELECT CASE WHEN outcome IN ('key-invalid', 'model-unavailable') THEN 'key' ELSE 'bucket' END,
          keyId, model, outcome, until, reason, strikes, at FROM oldMarks;
      DROP TABLE oldMarks;
      CREATE TABLE meters (
        scope TEXT NOT NULL, owner TEXT NOT NULL, model TEXT NOT NULL, unit TEXT NOT NULL, window TEXT NOT NULL,
        source TEXT NOT NULL, "limit" REAL NOT NULL, used REAL NOT NULL, at INTEGER NOT NULL, remaining REAL, resetsAt INTEGER,
        refills INTEGER NOT NULL, PRIMARY KEY (scope, owner, model, unit, window)
      );
    `,
  },
  {
    version: 3,
    name: 'prices, routes, formats and kept answers of requests, money spent by pools and clients',
    sql: `
      ALTER TABLE requests ADD COLUMN priceVersion TEXT;
      ALTER TABLE requests ADD COLUMN route TEXT;
      ALTER TABLE requests ADD COLUMN clientFormat TEXT;
      ALTER TABLE requests ADD COLUMN upstreamFormat TEXT;
      ALTER TABLE requests ADD COLUMN dropped TEXT;
      ALTER TABLE requests ADD COLUMN cache TEXT;
      CREATE TABLE spent (
        scope TEXT NOT NULL, owner TEXT NOT NULL, day INTEGER NOT NULL, dayEndsAt INTEGER NOT NULL, month INTEGER NOT NULL,
        monthEndsAt INTEGER NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (scope, owner)
      );
    `,
  },
  {
    version: 4,
    name: 'credits of clients, reports of other programs',
    sql: `
      ALTER TABLE requests ADD COLUMN credits REAL;
      ALTER TABLE coarse ADD COLUMN okAttempts INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE coarse ADD COLUMN limitedAttempts INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE fine ADD COLUMN limited INTEGER NOT NULL DEFAULT 0;
      UPDATE coarse SET okAttempts = min(requests, attempts) WHERE outcome = 'ok';
      CREATE TABLE quotas (
        client TEXT NOT NULL, duration TEXT NOT NULL, used INTEGER NOT NULL, intervalStart INTEGER NOT NULL,
        PRIMARY KEY (client, duration)
      );
      CREATE TABLE clientDays (
        client TEXT NOT NULL, day TEXT NOT NULL, calls INTEGER NOT NULL, credits REAL NOT NULL, PRIMARY KEY (client, day)
      );
      CREATE TABLE reports (
        id TEXT PRIMARY KEY, pool TEXT NOT NULL, reporter TEXT NOT NULL, "key" TEXT NOT NULL, status TEXT NOT NULL,
        latency REAL, method TEXT, at INTEGER NOT NULL
      );
      -- All that is counted is in the index, so that a million reports are counted without looking at one.
      CREATE INDEX reportsByPool ON reports (pool, at, "key", status);
      CREATE INDEX reportsByKey ON reports ("key", at, status);
      CREATE INDEX reportsByTime ON reports (at);
    `,
  },
  {
    version: 5,
    name: 'changes of state of keys, the requests of a key, unknown costs of keys and clients',
    // By triggers, so that whatever writes or deletes requests keeps the list of a key's requests true.
    sql: `
      CREATE TABLE keyEvents (
        keyId TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, model TEXT, reason TEXT, until INTEGER
      );
      CREATE INDEX keyEventsByKey ON keyEvents (keyId, at);
      CREATE TABLE requestKeys (
        keyId TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (keyId, at, id)
      ) WITHOUT ROWID;
      INSERT OR IGNORE INTO requestKeys
        SELECT attempt.value ->> 'keyId', at, requests.id FROM requests, json_each(attempts) AS attempt
        UNION SELECT keyId, at, id FROM requests WHERE keyId IS NOT NULL;
      CREATE TRIGGER requestWritten AFTER INSERT ON requests BEGIN
        INSERT OR IGNORE INTO requestKeys SELECT value ->> 'keyId', new.at, new.id FROM json_each(new.attempts);
        INSERT OR IGNORE INTO requestKeys SELECT new.keyId, new.at, new.id WHERE new.keyId IS NOT NULL;
      END;
      CREATE TRIGGER requestDeleted AFTER DELETE ON requests BEGIN
        DELETE FROM requestKeys WHERE at = old.at AND id = old.id
          AND keyId IN (SELECT value ->> 'keyId' FROM json_each(old.attempts) UNION SELECT old.keyId);
      END;
      -- Few calls fail, and those are what people look for.
      CREATE INDEX requestsFailed ON requests (at, id) WHERE outcome <> 'ok';
      -- What was counted before is reckoned: an answer without a known cost.
      ALTER TABLE fine ADD COLUMN costUnknown INTEGER NOT NULL DEFAULT 0;
      UPDATE fine SET costUnknown = max(0, calls - failed - costKnown);
    `,
  },
]
