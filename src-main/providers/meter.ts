/** Meters: they watch an answer's bytes go by and say at the end what it used, and whether it hid an error. */
import type { ErrorReader } from './body-error.ts'
import { jsonMeter } from './json-meter.ts'
import { sseMeter } from './sse-meter.ts'
import type { UsageMeter } from './types.ts'

/** A meter for this content type, or null when there is nothing in it that could be read. */
export function meterFor(contentType: string, errorIn: ErrorReader): UsageMeter | null {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'text/event-stream') return sseMeter(errorIn)
  return type === 'application/json' || type.endsWith('+json') ? jsonMeter(errorIn) : null
}
