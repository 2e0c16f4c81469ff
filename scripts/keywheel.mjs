#!/usr/bin/env node
// The command `keywheel`, under a Node that is new enough; the working directory stays the user's.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findNode, newEnough, root } from './find-node.mjs'

// A clone runs its sources; what was installed as a package runs what was built, because Node strips no types there.
const installed = root.includes(`${sep}node_modules${sep}`)
const entry = join(root, installed ? 'out/main/command.js' : 'src-main/command/index.ts')

if (installed && newEnough) await import(pathToFileURL(entry).href)
else runApart()

/** In a process of its own, which has our streams and gets our signals. */
function runApart() {
  const child = spawn(findNode(), ['--disable-warning=ExperimentalWarning', entry, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}
