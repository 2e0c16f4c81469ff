/** The real command as a child process, beside a real headless Keywheel with a pool over a scripted upstream. */
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Client } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

interface Started {
  child: ChildProcess
  /** Everything on stdout so far. */
  stdout(): string
  ended: Promise<Ended>
}

interface Manner {
  env?: Record<string, string>
  input?: string
}

/** Starts `keywheel ARGS`. Its environment is this one without the variables that the command sets. */
export function startCommand(args: readonly string[], { env = {}, input = '' }: Manner = {}): Started {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(KEYWHEEL|OPENAI|ANTHROPIC|G(EMINI|OOGLE)|AZURE)_/.test(name)),
  )
  const child = spawn(process.execPath, [resolve('scripts/keywheel.mjs'), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...inherited, ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // A command that has ended reads nothing more.
  child.stdin.on('error', () => undefined).end(input)
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr }))
  })
  return { child, stdout: () => stdout, ended }
}

export function keywheel(args: readonly string[], manner: Manner = {}): Promise<Ended> {
  return startCommand(args, manner).ended
}

export interface Desk {
  host: Host
  upstream: ScriptedUpstream
  /** `keywheel --data-dir … ARGS`. */
  run(args: readonly string[], manner?: Manner): Promise<Ended>
  start(args: readonly string[], manner?: Manner): Started
  clients(): Promise<Client[]>
}

/** A desk with a pool `gem` of two keys; closed with the test or, with `keep`, by the caller. */
export async function openDesk(keep?: (close: () => Promise<void>) => void): Promise<Desk> {
  const upstream = await startScriptedUpstream()
  const host = await startUnlockedHost()
  const close = async () => {
    await host.stop()
    await upstream.close()
  }
  if (keep) keep(close)
  else onTestFinished(close)
  await must(host.rest('POST', '/pools', { slug: 'gem', provider: 'gemini', baseUrl: upstream.url }))
  for (const secret of geminiKeys) await must(host.rest('POST', '/keys', { secret, pools: ['gem'] }))
  const all = (args: readonly string[]) => ['--data-dir', host.dataDir, ...args]
  return {
    host,
    upstream,
    run: (args, manner) => keywheel(all(args), manner),
    start: (args, manner) => startCommand(all(args), manner),
    clients: async () => (await must(host.rest('GET', '/clients'))) as Client[],
  }
}

export const geminiKeys = ['AIzaSyTest-first-key-0000000000000000000', 'AIzaSyTest-second-key-000000000000000000']

export async function must(answer: Promise<{ status: number; body: unknown }>): Promise<unknown> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body
}

/** Waits until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((next) => setTimeout(next, 20))
}
