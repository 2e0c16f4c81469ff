/** How outcomes are drawn: what went well is calm, what did not has a colour and a texture of its own. */
import type { RequestOutcome } from '../../../../src-preload/contract/index.ts'
import type { Look } from '../../../parts/charts/look.tsx'

export const outcomeLooks: Record<RequestOutcome, Look> = {
  ok: { color: 'var(--keywheel-chart-1)', texture: 'plain' },
  'rate-short': { color: 'var(--keywheel-chart-5)', texture: 'slants' },
  'rate-daily': { color: 'var(--keywheel-chart-wait)', texture: 'dots' },
  'no-credit': { color: 'var(--keywheel-chart-3)', texture: 'grid' },
  'key-invalid': { color: 'var(--keywheel-chart-bad)', texture: 'plain' },
  'model-unavailable': { color: 'var(--keywheel-chart-2)', texture: 'lines' },
  overloaded: { color: 'var(--keywheel-chart-4)', texture: 'backslants' },
  'request-bad': { color: 'var(--keywheel-chart-3)', texture: 'bars' },
  network: { color: 'var(--keywheel-chart-6)', texture: 'slants' },
  aborted: { color: 'var(--keywheel-chart-rest)', texture: 'dots' },
  'no-key': { color: 'var(--keywheel-chart-bad)', texture: 'backslants' },
}
