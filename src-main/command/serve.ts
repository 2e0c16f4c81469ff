/** `keywheel serve`: the headless application in this process. */
import { CommandError, exitCodes } from './failure.ts'

/** `npm run serve` where there are sources; what was built otherwise. The names are computed: neither is part of this program. */
export async function serve(args: readonly string[]): Promise<void> {
  const fromSources = import.meta.url.endsWith('.ts')
  const entry = new URL(fromSources ? '../../scripts/start.ts' : './headless.js', import.meta.url)
  process.argv.splice(2, process.argv.length, ...(fromSources ? ['--headless'] : []), ...args)
  try {
    await import(entry.href)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new CommandError(exitCodes.failed, `${entry.pathname} is not there: run "npm run build" first.`)
  }
}
