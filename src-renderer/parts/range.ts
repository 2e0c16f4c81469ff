/** A span of time that charts and lists look at. */

export const presets = ['1h', '24h', '7d', '30d', 'all'] as const
type Preset = (typeof presets)[number]
export type Range = { kind: Preset } | { kind: 'custom'; from: number; to: number }

const hour = 3_600_000
const lengths: Record<Exclude<Preset, 'all'>, number> = { '1h': hour, '24h': 24 * hour, '7d': 168 * hour, '30d': 720 * hour }

/** Instants of a range: from inclusive, to exclusive. All of time begins in 1970. */
export function rangeBounds(range: Range, now: number): { from: number; to: number } {
  if (range.kind === 'custom') return { from: range.from, to: range.to }
  return { from: range.kind === 'all' ? 0 : now - lengths[range.kind], to: now }
}

/** As text for the address and the store: `24h`, or `1700000000000-1700003600000`. */
export function rangeText(range: Range): string {
  return range.kind === 'custom' ? `${range.from}-${range.to}` : range.kind
}

export function parseRange(text: string | null): Range | null {
  const preset = presets.find((known) => known === text)
  if (preset) return { kind: preset }
  const custom = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '')
  const from = Number(custom?.[1])
  const to = Number(custom?.[2])
  return custom && from < to ? { kind: 'custom', from, to } : null
}
