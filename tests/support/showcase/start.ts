/** A Keywheel that has been in use for a month, with something in every screen: for pictures, axe and layout. */
import { join } from 'node:path'
import { startScriptedUpstream } from '../../../src-main/demo/index.ts'
import type { KeyPage, RequestPage } from '../../../src-preload/contract/index.ts'
import { type Host, temporaryFolder } from '../host.ts'
import type { Cast } from '../seed/requests.ts'
import { seedUsageFile } from '../seed/usage.ts'
import { startUnlockedHost } from '../unlocked-host.ts'
import { seedApproval, seedCalls } from './calls.ts'
import { seedAwkward, seedGateway, seedKeys, seedPrograms } from './config.ts'

export interface Showcase {
  host: Host
  /** Of things that an address names. */
  ids: { brokenKey: string; readyKey: string; request: string; client: string }
  stop(): Promise<void>
}

interface ShowcaseOptions {
  /** Calls of the last month, beside the few that are really made. */
  requests: number
  /** With names that break what was not made for them: right to left, with emoji, of 128 letters. */
  awkward?: boolean
}

/** Needs a build. Two hosts: the pool of the other one is used here. */
export async function startShowcase({ requests, awkward = false }: ShowcaseOptions): Promise<Showcase> {
  const upstream = await startScriptedUpstream()
  const office = await startUnlockedHost()
  const dataDir = temporaryFolder()
  const first = await startUnlockedHost({ dataDir, lock: 'passphrase' })
  await seedKeys(first, upstream)
  await seedGateway(first)
  const clients = await seedPrograms(first, office, upstream)
  if (awkward) await seedAwkward(first)
  const cast = await castOf(first, clients)
  // The file is nobody else's while it is filled.
  await first.stop()
  seedUsageFile(join(dataDir, 'usage.db'), { count: requests, days: 30, cast, now: Date.now() - 60_000 })
  const host = await startUnlockedHost({ dataDir, lock: 'passphrase' })
  await seedCalls(host, clients[0]?.token ?? '')
  await seedApproval(host)
  return {
    host,
    ids: await idsOf(host),
    async stop() {
      await Promise.all([host.stop(), office.stop()])
      await upstream.close()
    },
  }
}

async function castOf({ rest }: Host, clients: readonly { id: string; name: string }[]): Promise<Cast> {
  const models: Record<string, string[]> = {
    openai: ['gpt-4o', 'gpt-4o-mini', 'o3-mini'],
    claude: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
    gemini: ['gemini-2.5-pro'],
  }
  const pools = await Promise.all(
    Object.entries(models).map(async ([slug, names]) => {
      const { items } = (await rest('GET', `/keys?pool=${slug}&limit=50`)).body as KeyPage
      return { slug, keys: items.map(({ id, label }) => ({ id, label })), models: names }
    }),
  )
  return { pools, clients }
}

async function idsOf({ rest }: Host): Promise<Showcase['ids']> {
  const keys = ((await rest('GET', '/keys?limit=200')).body as KeyPage).items
  const requests = ((await rest('GET', '/requests?limit=200')).body as RequestPage).items
  const clients = (await rest('GET', '/clients')).body as { id: string; name: string }[]
  const failedOver = requests.find(({ attempts }) => attempts.length > 1) ?? requests[0]
  return {
    brokenKey: keys.find(({ state }) => state === 'invalid')?.id ?? '',
    readyKey: keys.find(({ label }) => label === 'work')?.id ?? '',
    request: failedOver?.id ?? '',
    client: clients.find(({ name }) => name === 'editor')?.id ?? '',
  }
}
