/** The running Keywheel: where it is, and calls to it by REST, typed by the contract. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { isSame, nonceHeader, proofOf, type RunningFile, readRunningFile } from '../base/running-file.ts'
import { CommandError, exitCodes } from './failure.ts'
import { type HttpAnswer, http, parseJson } from './http.ts'

export interface Where {
  dataDir: string
  /** Address of a REST API that the user named; null = as the running file says. */
  url: string | null
  env: Readonly<Record<string, string | undefined>>
}

interface Procedure<Output extends z.ZodType = z.ZodType> {
  '~orpc': { route: { method?: string; path?: string }; outputSchema?: Output | undefined }
}

export interface Keywheel {
  /** A call of the contract. `input` holds what the path names and the body's fields. Throws CommandError. */
  call<Output extends z.ZodType>(procedure: Procedure<Output>, input?: Record<string, unknown>): Promise<z.output<Output>>
  /** A new sign-in address of its page. Throws CommandError; not by `--url`, which proves no right to it. */
  signInAddress(): Promise<string>
}

/** Throws CommandError (3) when none runs there. */
export async function findKeywheel(where: Where): Promise<Keywheel> {
  if (where.url !== null) return connect(new URL(where.url), await adminToken(where), null)
  const running = await readRunningFile(where.dataDir)
  if (running === null || !(await isThere(running))) throw notRunning(where.dataDir)
  return connect(new URL(running.api), await adminToken(where), running)
}

/** Whether the one who answers is the one who wrote the file: nobody else shall be sent a token. */
async function isThere({ api, secret }: RunningFile): Promise<boolean> {
  const nonce = randomBytes(24).toString('base64url')
  const answer = await attempt(new URL('/healthz', api), { method: 'GET', headers: { [nonceHeader]: nonce } })
  const proof = (parseJson(answer?.text ?? '') as { proof?: unknown } | undefined)?.proof
  return typeof proof === 'string' && isSame(proof, proofOf(secret, nonce))
}

async function attempt(...args: Parameters<typeof http>): Promise<HttpAnswer | null> {
  try {
    return await http(...args)
  } catch {
    return null
  }
}

function connect(api: URL, token: string, running: RunningFile | null): Keywheel {
  const base = api.href.replace(/\/+$/, '')
  const send = async (url: URL, method: string, bearer: string, body?: unknown): Promise<unknown> => {
    const authorization = `Bearer ${bearer}`
    const answer = await attempt(url, { method, headers: { authorization }, ...(body === undefined ? {} : { body }) })
    if (answer === null) throw new CommandError(exitCodes.notRunning, `Nobody answers at ${url.origin}.`)
    const value = parseJson(answer.text)
    if (answer.status < 300 && value !== undefined) return value
    throw refused(answer.status, value)
  }
  return {
    async call(procedure, input = {}) {
      const { route, outputSchema } = procedure['~orpc']
      const { path, rest } = fill(route.path ?? '', input)
      const method = route.method ?? 'POST'
      const bare = method === 'GET' || (method === 'DELETE' && Object.keys(rest).length === 0)
      const value = await send(new URL(base + path), method, token, bare ? undefined : rest)
      const parsed = outputSchema?.safeParse(value)
      if (parsed?.success) return parsed.data
      throw new CommandError(exitCodes.failed, `Keywheel's answer to ${method} ${path} is not what this version knows.`)
    },
    async signInAddress() {
      if (running === null) throw new CommandError(exitCodes.usage, 'open works on this machine only: leave --url out.')
      const value = await send(new URL('/session/code', api), 'POST', running.secret, {})
      return String((value as { ui?: unknown }).ui)
    },
  }
}

/** `/pools/{slug}/drill` with its names filled in, and the input without them. */
function fill(pattern: string, input: Record<string, unknown>): { path: string; rest: Record<string, unknown> } {
  const rest = { ...input }
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    delete rest[name]
    return encodeURIComponent(String(input[name]))
  })
  return { path, rest }
}

function refused(status: number, value: unknown): CommandError {
  const { message } = (value ?? {}) as { message?: unknown }
  if (status === 401) return new CommandError(exitCodes.usage, 'Keywheel does not take this admin token.')
  return new CommandError(exitCodes.failed, typeof message === 'string' ? message : `Keywheel answered with ${status}.`)
}

/** From KEYWHEEL_ADMIN_TOKEN or the data folder; never from the command line, which every user of the machine may read. */
async function adminToken({ dataDir, env, url }: Where): Promise<string> {
  const named = env['KEYWHEEL_ADMIN_TOKEN']
  if (named) return named
  const file = join(dataDir, 'admin-token')
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      if (url === null) throw notRunning(dataDir)
      throw new CommandError(exitCodes.usage, `There is no ${file}; give the token of ${url} in KEYWHEEL_ADMIN_TOKEN.`)
    }
    throw new CommandError(exitCodes.failed, `${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'it failed'}.`)
  }
}

function notRunning(dataDir: string): CommandError {
  return new CommandError(
    exitCodes.notRunning,
    `No headless Keywheel runs on ${dataDir}. Start one with "keywheel serve", or say where it is with --data-dir or --url.`,
  )
}
