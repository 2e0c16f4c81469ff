/** The runner ends what it started when whoever started it is stopped, however indirectly. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/host.ts'

const folder = temporaryFolder()
const program = join(folder, 'stays.mjs')
writeFileSync(program, 'console.log(process.pid); setInterval(() => {}, 1000)')
const run = `node ${resolve('scripts/run.mjs')} ${program}`

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Runs a bash script and gives the lines that it prints. */
function bash(script: string) {
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}

describe.skipIf(process.platform !== 'linux')('scripts/run.mjs (Linux only: it reads /proc)', () => {
  test.each([
    ['its parent', `sh -c '${run}; :' & pid=$!`],
    ['the shell that was forked for a background function', `f() { env A=1 bash -c 'exec sh -c "${run}; :"'; }; f & pid=$!`],
  ])('ends when %s is killed', async (_, start) => {
    const { child, lines } = bash(`${start}; read -t 10 < <(sleep 2); kill -TERM $pid; sleep 30`)
    const pid = Number((await lines.next()).value)
    expect(isAlive(pid)).toBe(true)
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
    child.kill('SIGKILL')
  })

  test.each([
    ['', `sh -c '${run}; :' & sleep 1`],
    [', run by a forked shell', `( bash -c "setsid sh -c '${run}; :' & sleep 1"; : )`],
  ])('lives on when the script that left it in the background has ended%s', async (_, script) => {
    const { child, lines } = bash(script)
    const pid = Number((await lines.next()).value)
    await new Promise((ended) => child.once('exit', ended))
    // Twice as long as the runner takes to notice a stop.
    await new Promise((later) => setTimeout(later, 1200))
    expect(isAlive(pid)).toBe(true)
    process.kill(pid, 'SIGKILL')
  })
})
