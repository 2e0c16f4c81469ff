/** Times as the protocol has them. */

/** UTC without a zone and without fractions, e.g. `2026-11-21T03:08:51`. `ms` is wall time. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19)
}

/** The same, or null where nothing happened yet. */
export function isoTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms)
}
