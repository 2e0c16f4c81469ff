/** Diagnostics for a report: what the application tells, and what only the page knows. No secret, no name, no address. */
import type { Client } from '../bridge/index.ts'

/** JSON text, one fact a line. */
export function diagnosticsText(facts: Readonly<Record<string, unknown>>): string {
  const { userAgent, language } = navigator
  const page = { userAgent, language, width: innerWidth, height: innerHeight, zoom: devicePixelRatio }
  return JSON.stringify({ ...facts, page }, null, 2)
}

export async function copyDiagnostics(client: Client): Promise<void> {
  await navigator.clipboard.writeText(diagnosticsText(await client.system.diagnostics()))
}
