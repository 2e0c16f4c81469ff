/** How the drills of pools stand, and what of it is kept. Pure. */
import { z } from 'zod'
import { type DrillReport, drillReport } from '../../../src-preload/contract/drill.ts'

export type DrillState =
  | { kind: 'running' }
  /** Wall ms of its end. */
  | { kind: 'done'; report: DrillReport; at: number }
  | { kind: 'failed'; error: unknown }

/** By where they belong, see `drillName`. */
export type DrillStates = Readonly<Record<string, DrillState>>

/** Reports that are kept, the newest. */
const keptMax = 20
const kept = z.record(z.string(), z.object({ kind: z.literal('done'), report: drillReport, at: z.number() }))

/** Two workspaces may have a pool of the same name. */
export function drillName({ workspace, slug }: { workspace: string; slug: string }): string {
  return `${workspace}/${slug}`
}

/** The reports in a stored text; none where it is not one of ours, or of another version. */
export function readDrills(text: string | null): DrillStates {
  try {
    return kept.parse(JSON.parse(text ?? '{}'))
  } catch {
    return {}
  }
}

/** What is kept of the present drills: the newest reports. */
export function keptDrills(states: DrillStates): string {
  const done = Object.entries(states).flatMap(([name, state]) => (state.kind === 'done' ? [[name, state] as const] : []))
  return JSON.stringify(Object.fromEntries(done.toSorted(([, a], [, b]) => b.at - a.at).slice(0, keptMax)))
}
