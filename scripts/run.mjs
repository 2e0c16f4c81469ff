// Runs a script under a Node that is new enough: this one when it is, else the one that came with `npm ci`.
// Usage: node scripts/run.mjs FILE [args…] | node scripts/run.mjs --bin NAME [args…]
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { findNode, root } from './find-node.mjs'

const node = findNode()

function target(args) {
  if (args[0] !== '--bin') return args
  const name = args[1]
  const packageFile = findPackage(name)
  const { bin, name: packageName } = JSON.parse(readFileSync(packageFile, 'utf8'))
  const file = typeof bin === 'string' ? bin : (bin[name] ?? bin[packageName])
  return [join(dirname(packageFile), file), ...args.slice(2)]
}

function findPackage(bin) {
  const owners = { biome: '@biomejs/biome', tsc: 'typescript', playwright: '@playwright/test' }
  return join(root, 'node_modules', owners[bin] ?? bin, 'package.json')
}

const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...target(process.argv.slice(2))], {
  stdio: 'inherit',
  cwd: root,
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm runs scripts through `sh -c`, which swallows SIGTERM: a parent that is gone is a parent that was stopped. So is a script's
// background job (`f & kill $!`): there the shell that was forked for it dies, and npm lives on without knowing.
const links = [[process.pid, process.ppid], jobLink()].filter(Boolean)
// An ancestor that has ended by itself (0) was a script that starts us in the background: that is no reason to stop.
const isOrphan = ([pid, parent]) => ![0, parent].includes(parentOf(pid))
setInterval(() => links.some(isOrphan) && child.kill('SIGTERM'), 500).unref()

/** The nearest ancestor whose parent is a forked shell (same command line as the shell above it), with that parent. Linux only. */
function jobLink() {
  for (let pid = process.ppid, up = 0; pid > 1 && up < 4; pid = parentOf(pid), up++) {
    const shell = parentOf(pid)
    const line = commandLine(shell)
    if (line && line === commandLine(parentOf(shell))) return [pid, shell]
  }
}

function parentOf(pid) {
  if (pid === process.pid) return process.ppid
  const status = read(`/proc/${pid}/status`)
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0)
}

function commandLine(pid) {
  return pid > 1 ? read(`/proc/${pid}/cmdline`) : ''
}

/** '' for what is not there, as for a process that has just ended. */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
