/** A client of the proxy for as long as a command runs. */
import { contract } from '../../src-preload/contract/index.ts'
import { CommandError, exitCodes } from './failure.ts'
import type { Keywheel } from './keywheel.ts'

/** A command that is killed leaves a token which ends by itself this much later, in ms. */
const life = 3_600_000
const renewEvery = life / 3

export interface Borrowed {
  /** Goes into environments and headers, never into arguments. */
  token: string
  /** The proxy's address. */
  proxy: string
}

interface Wish {
  name: string
  /** Null = every pool. */
  pool: string | null
}

/** Makes a client, keeps it alive while `work` runs, and removes it. Throws CommandError (3) when the proxy is off. */
export async function withClient<T>(
  keywheel: Keywheel,
  { name, pool }: Wish,
  work: (client: Borrowed) => Promise<T>,
): Promise<T> {
  const { url } = await keywheel.call(contract.proxy.status)
  if (url === null)
    throw new CommandError(
      exitCodes.notRunning,
      'The proxy of Keywheel is off: switch it on, in its window or by POST /api/proxy/start.',
    )
  const input = { name, expiresAt: Date.now() + life, ...(pool === null ? {} : { pools: [pool] }) }
  const { id, token } = await keywheel.call(contract.clients.create, input)
  const renewing = setInterval(() => void renew(keywheel, id), renewEvery)
  try {
    return await work({ token, proxy: url })
  } finally {
    clearInterval(renewing)
    await remove(keywheel, id)
  }
}

/** One that fails is tried again at its next turn; there are two more before the end. */
async function renew(keywheel: Keywheel, id: string): Promise<void> {
  try {
    await keywheel.call(contract.clients.renew, { id, expiresAt: Date.now() + life })
  } catch (error) {
    note(error, 'could not be renewed')
  }
}

/** What the command was for is done: a token that stays a while is worth a word, not a failure. */
async function remove(keywheel: Keywheel, id: string): Promise<void> {
  try {
    await keywheel.call(contract.clients.remove, { id })
  } catch (error) {
    note(error, 'could not be removed; it ends by itself within the hour')
  }
}

function note(error: unknown, what: string): void {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`keywheel: the token ${what}: ${reason}\n`)
}
