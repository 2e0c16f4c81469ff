/** `keywheel/sqlite`: stores in SQLite files, for programs that have better-sqlite3 installed. */
export { SqliteBillingStore, type SqliteDatabase } from './billing-store.ts'
export { openUsageStore, type SqliteUsageStore, type UsageFileOptions } from './usage-store.ts'
