/** Pools of an apipool-server: with its keys left there, or fetched and kept equal. */
import { hostname } from 'node:os'
import { ApipoolClient } from '../remote/client/index.ts'
import type { ApiKey } from './api-key.ts'
import { backgroundClock } from './clock.ts'
import { DynamicKeyManager, type DynamicKeyManagerOptions } from './dynamic.ts'
import { PoolError } from './errors.ts'
import { ApiKeyManager } from './manager.ts'
import type { ApiKeyManagerOptions } from './manager-options.ts'
import { PoolConfig } from './pool-config.ts'
import { warnProblem } from './problems.ts'
import { type ServiceClient, ServiceKey } from './service-client.ts'
import { asked } from './service-error.ts'
import { HttpKey, type ServiceRawKey } from './service-http.ts'
import { type ServiceAuth, type ServiceOptions, sessionOf } from './service-login.ts'
import { Reporter, ReportingStats } from './service-report.ts'

function clientFor(serviceUrl: string, auth: ServiceAuth, options: ServiceOptions): ApipoolClient {
  return new ApipoolClient(sessionOf(serviceUrl, auth, options))
}

/** The keys of a pool, in the clear. Rejects with ServiceError. */
export async function getKeys(
  serviceUrl: string,
  poolIdentifier: string,
  authToken: ServiceAuth,
  options: ServiceOptions = {},
): Promise<string[]> {
  const { keys } = await asked(clientFor(serviceUrl, authToken, options).keys(poolIdentifier))
  return keys.map(({ rawKey }) => rawKey)
}

/** The settings of a pool. Rejects with ServiceError, or with INVALID_CONFIG for settings that cannot be followed. */
export async function getConfig(
  serviceUrl: string,
  poolIdentifier: string,
  authToken: ServiceAuth,
  options: ServiceOptions = {},
): Promise<PoolConfig> {
  return PoolConfig.fromServerResponse(await asked(clientFor(serviceUrl, authToken, options).rawConfig(poolIdentifier)))
}

export type ConnectOptions = ServiceOptions & Omit<ApiKeyManagerOptions<ServiceClient>, 'keys'>

/**
 * A manager whose calls the server makes with its own keys: `manager.dummyclient.get('/hello', { params: { a: 1 } })`.
 * Nothing is asked before the first call. A call that fails there rejects with ServiceError and the manager goes on.
 */
export function connect(
  serviceUrl: string,
  poolIdentifier: string,
  authToken: ServiceAuth,
  { fetch, ...options }: ConnectOptions = {},
): ApiKeyManager<ServiceClient> {
  const client = clientFor(serviceUrl, authToken, fetch === undefined ? {} : { fetch })
  return new ApiKeyManager({ ...options, keys: [new ServiceKey(client, poolIdentifier)] })
}

export interface ConnectWithStatsOptions<Client>
  extends ServiceOptions,
    Omit<
      DynamicKeyManagerOptions<Client, ServiceRawKey>,
      'keyFetcher' | 'apiKeyFactory' | 'configFetcher' | 'poolIdentifier' | 'stats'
    > {
  /** Makes a key with a client of the program's own. Absent = one with `get`, `post` and so on, as `connect` has. */
  apiKeyFactory?: (raw: ServiceRawKey) => ApiKey<Client>
  /** Where the calls of these clients go. Absent = they name whole addresses. */
  baseUrl?: string
  /** Seconds between two reports; above 0. Absent = 30. */
  statsReportInterval?: number
}

/**
 * A manager with the pool's own keys and settings, fetched every `refreshInterval` seconds (60) and kept equal. What its keys are
 * called for is told to the server every `statsReportInterval` seconds, by their names and never by their secrets, and once more at
 * `close`. Throws as DynamicKeyManager does, and INVALID_ARGUMENT.
 */
export function connectWithStats<Client = ServiceClient>(
  serviceUrl: string,
  poolIdentifier: string,
  authToken: ServiceAuth,
  options: ConnectWithStatsOptions<Client> = {},
): DynamicKeyManager<Client, ServiceRawKey> {
  const { apiKeyFactory, baseUrl, fetch, statsReportInterval = 30, ...rest } = options
  if (!(statsReportInterval > 0 && statsReportInterval <= 1e9)) {
    throw new PoolError('INVALID_ARGUMENT', 'statsReportInterval: give seconds above 0.', { field: 'statsReportInterval' })
  }
  const client = clientFor(serviceUrl, authToken, fetch === undefined ? {} : { fetch })
  const { clock = backgroundClock(), onProblem = warnProblem } = rest
  const names = new Map<string, string>()
  const make = apiKeyFactory ?? ((raw: ServiceRawKey) => httpKey<Client>(raw, baseUrl, fetch))
  const stats = new ReportingStats(undefined, { now: () => clock.now() })
  const reporter = new Reporter({
    client,
    stats,
    clock,
    onProblem,
    pool: poolIdentifier,
    clientId: `${hostname().slice(0, 50)}:${process.pid}`,
    nameOf: (primaryKey) => names.get(primaryKey),
  })
  const manager = new ServiceKeyManager<Client>(
    {
      ...rest,
      clock,
      onProblem,
      stats,
      poolIdentifier,
      keyFetcher: async ({ signal }) => (await client.keys(poolIdentifier, { signal })).keys,
      configFetcher: async ({ signal }) => PoolConfig.fromServerResponse(await client.rawConfig(poolIdentifier, { signal })),
      apiKeyFactory(raw) {
        const key = make(raw)
        names.set(String(key.primaryKey), raw.identifier)
        return key
      },
    },
    reporter,
  )
  reporter.every(statsReportInterval * 1000)
  return manager
}

/** The client is the one of `connect`, because the program has named no other. */
function httpKey<Client>(raw: ServiceRawKey, baseUrl: string | undefined, fetch = globalThis.fetch): ApiKey<Client> {
  return new HttpKey(raw, { baseUrl, fetch }) as unknown as ApiKey<Client>
}

class ServiceKeyManager<Client> extends DynamicKeyManager<Client, ServiceRawKey> {
  readonly #reporter: Reporter

  constructor(options: DynamicKeyManagerOptions<Client, ServiceRawKey>, reporter: Reporter) {
    super(options)
    this.#reporter = reporter
  }

  override async close(): Promise<void> {
    await super.close()
    await this.#reporter.stop()
  }
}
