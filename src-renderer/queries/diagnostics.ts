/** Diagnostics for a report: what the application tells, and what only the page knows. No secret, no name, no address. */

/** JSON text, one fact a line. `problem` = the code of what went wrong just now; its words may hold a name and are left out. */
export function diagnosticsText(application: Readonly<Record<string, unknown>>, problem: string | null = null): string {
  const { userAgent, language } = navigator
  // The place without what it shows: parameters name pools and keys.
  const place = location.hash.split('?')[0]
  const page = { place, browser: userAgent, language, width: innerWidth, height: innerHeight, zoom: devicePixelRatio }
  return JSON.stringify({ at: new Date().toISOString(), problem, page, application }, null, 2)
}
