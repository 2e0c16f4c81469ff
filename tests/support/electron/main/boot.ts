/** Starts the real built main bundle with the modelled Electron in the place of the real one. */
import { registerHooks } from 'node:module'
import { resolve as absolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import './controls.ts'
import { makeReady } from './app.ts'
import { options } from './host.ts'
import { watchTimers } from './timers.ts'

const electron = new URL('./electron.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: electron, shortCircuit: true } : next(specifier, context),
})
watchTimers()
process.argv.splice(0, process.argv.length, process.execPath, ...(options.packaged ? [] : ['.']), ...options.args)
process.on('disconnect', () => process.exit(1))

// Electron is ready only after the entry was evaluated: an entry that waits for `ready` waits for ever.
const deadlock = setTimeout(() => {
  process.stderr.write('the entry did not finish; does it await app.whenReady() at its top level?\n')
  process.exit(86)
}, options.deadlockMs)
await import(pathToFileURL(absolute(options.entry)).href)
clearTimeout(deadlock)
makeReady()
