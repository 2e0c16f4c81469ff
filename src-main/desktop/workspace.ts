/** The workspace that was asked for at the start: `--workspace SLUG` or KEYWHEEL_WORKSPACE, the former first. */

/** Undefined = none. Electron and Chromium have switches of their own there, so that this is no place for a strict parser. */
export function wantedWorkspace(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): string | undefined {
  const at = argv.findIndex((arg) => arg === '--workspace' || arg.startsWith('--workspace='))
  const [, joined] = /^--workspace=(.*)$/.exec(argv[at] ?? '') ?? []
  const given = at < 0 ? env['KEYWHEEL_WORKSPACE'] : (joined ?? argv[at + 1])
  return given || undefined
}
