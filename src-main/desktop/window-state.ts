/** Where the window was, how large, and how far it was zoomed: kept in a file of the data folder. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const bounds = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(200).max(20_000),
  height: z.number().int().min(200).max(20_000),
})
export type Bounds = z.infer<typeof bounds>

const state = z.object({
  bounds: bounds.nullable().catch(null),
  maximised: z.boolean().catch(false),
  /** Electron's zoom level: each step is 20 %. */
  zoom: z.number().min(-3).max(5).catch(0),
})
export type WindowState = z.infer<typeof state>

/** What cannot be read counts as never written. */
export function readWindowState(path: string): WindowState {
  try {
    return state.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return { bounds: null, maximised: false, zoom: 0 }
  }
}

/** Throws what the disk says. */
export function writeWindowState(path: string, next: WindowState): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(next), { mode: 0o600 })
  renameSync(`${path}.tmp`, path)
}

/** The bounds if enough of the title bar can be taken hold of on one of the screens that are there now; else null. */
export function reachable(wanted: Bounds | null, areas: readonly Bounds[]): Bounds | null {
  if (wanted === null) return null
  const grip = 80
  const isOn = (area: Bounds) => {
    const across = Math.min(wanted.x + wanted.width, area.x + area.width) - Math.max(wanted.x, area.x)
    return across >= grip && wanted.y >= area.y && wanted.y + grip / 2 <= area.y + area.height
  }
  return areas.some(isOn) ? wanted : null
}
