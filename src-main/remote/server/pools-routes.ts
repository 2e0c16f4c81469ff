/** Routes under /pools: pools, who is in them, how they stand, how they are set. */
import { z } from 'zod'
import { strategyNames } from '../../pool/types.ts'
import { pageFields, pageOf } from './paging.ts'
import { poolConfigBody } from './pool-config.ts'
import { isoTime } from './times.ts'
import { type ApiAnswer, type ApiRoutes, type ApiUser } from './types.ts'
import { readBody, readQuery } from './validation.ts'

export interface PoolView {
  id: string
  identifier: string
  name: string
  description: string | null
  clientType: string
  reachLimitException: string | null
  strategy: string
  config: Record<string, unknown> | null
  active: boolean
  memberCount: number
  /** Wall ms. */
  createdAt: number
  updatedAt: number
}

interface MemberView {
  identifier: string
  alias: string | null
  priority: number
  weight: number
  verification: string
}

export interface PoolCounts {
  available: number
  archived: number
  total: number
}

/** All throw ApiProblem 404 for a pool that is not there or not the user's. */
export interface PoolDesk {
  /** Newest first. */
  list(user: ApiUser): PoolView[]
  get(user: ApiUser, identifier: string): PoolView
  members(user: ApiUser, identifier: string): MemberView[]
  counts(user: ApiUser, identifier: string): PoolCounts
  /** ApiProblem 409 for a taken identifier, 404 for an unknown key. */
  create(user: ApiUser, input: PoolInput): Promise<PoolView>
  update(user: ApiUser, identifier: string, patch: PoolChange): Promise<PoolView>
  remove(user: ApiUser, identifier: string): Promise<void>
  /** Keys that are in it already are passed over. ApiProblem 404, 409. */
  addMembers(user: ApiUser, identifier: string, members: MembersInput): Promise<PoolView>
  removeMember(user: ApiUser, identifier: string, key: string): Promise<void>
}

const strategyName = z.enum(strategyNames)
const description = z.string().max(4000)
const reachLimit = z.string().max(256)
const keyNames = z.array(z.string().min(1).max(128))
const whole = (min: number, max: number) => z.int().min(min).max(max)

const poolInput = z.object({
  identifier: z.string().min(1).max(128),
  name: z.string().min(1).max(128),
  description: description.nullish(),
  client_type: z.string().max(64).default('generic'),
  reach_limit_exception: reachLimit.nullish(),
  rotation_strategy: strategyName.default('random'),
  pool_config: poolConfigBody.nullish(),
  key_identifiers: keyNames.max(10_000).nullish(),
})
export type PoolInput = z.output<typeof poolInput>

/** Null = as it is; an empty text clears. */
const poolChange = z.object({
  name: z.string().min(1).max(128).nullish(),
  description: description.nullish(),
  reach_limit_exception: reachLimit.nullish(),
  rotation_strategy: strategyName.nullish(),
  pool_config: poolConfigBody.nullish(),
})
export type PoolChange = z.output<typeof poolChange>

const membersInput = z.object({
  key_identifiers: keyNames.min(1).max(10_000),
  priority: whole(-1_000_000, 1_000_000).default(0),
  weight: whole(0, 1_000_000).default(1),
})
export type MembersInput = z.output<typeof membersInput>

const pageQuery = z.object(pageFields)

export function poolRoutes(desk: PoolDesk): ApiRoutes {
  const ok = (json: unknown, status = 200): ApiAnswer => ({ status, json })
  const done = ok({ message: 'ok' })
  return {
    'POST /pools': {
      open: false,
      admin: true,
      run: async ({ body }, user) => ok(poolView(await desk.create(user, readBody(poolInput, body))), 201),
    },
    'GET /pools': {
      open: false,
      admin: false,
      run: async ({ query }, user) => ok(pageOf(desk.list(user), readQuery(pageQuery, query), (pool) => poolView(pool))),
    },
    'GET /pools/{id}': {
      open: false,
      admin: false,
      run: async ({ params }, user) => ok(poolView(desk.get(user, idOf(params)), desk.members(user, idOf(params)))),
    },
    'PUT /pools/{id}': {
      open: false,
      admin: true,
      run: async ({ params, body }, user) => ok(poolView(await desk.update(user, idOf(params), readBody(poolChange, body)))),
    },
    'DELETE /pools/{id}': {
      open: false,
      admin: true,
      async run({ params }, user) {
        await desk.remove(user, idOf(params))
        return done
      },
    },
    'POST /pools/{id}/members': {
      open: false,
      admin: true,
      run: async ({ params, body }, user) =>
        ok(poolView(await desk.addMembers(user, idOf(params), readBody(membersInput, body)))),
    },
    'DELETE /pools/{id}/members/{key}': {
      open: false,
      admin: true,
      async run({ params }, user) {
        await desk.removeMember(user, idOf(params), params['key'] ?? '')
        return done
      },
    },
    'GET /pools/{id}/status': {
      open: false,
      admin: false,
      async run({ params }, user) {
        const { identifier } = desk.get(user, idOf(params))
        return ok({ pool_identifier: identifier, ...countsView(desk.counts(user, identifier)), recent_stats: null })
      },
    },
    'GET /pools/{id}/config': {
      open: false,
      admin: false,
      async run({ params }, user) {
        const { identifier, clientType, reachLimitException, strategy, config } = desk.get(user, idOf(params))
        return ok({
          pool_identifier: identifier,
          client_type: clientType,
          reach_limit_exception: reachLimitException,
          rotation_strategy: strategy,
          pool_config: config,
        })
      },
    },
  }
}

/** As the status of a pool says it, and the proxy's status. */
export function countsView({ available, archived, total }: PoolCounts) {
  return { available_keys: available, archived_keys: archived, total_keys: total }
}

function idOf(params: Readonly<Record<string, string>>): string {
  return params['id'] ?? ''
}

function poolView(pool: PoolView, members: readonly MemberView[] | null = null) {
  return {
    id: pool.id,
    identifier: pool.identifier,
    name: pool.name,
    description: pool.description,
    client_type: pool.clientType,
    reach_limit_exception: pool.reachLimitException,
    rotation_strategy: pool.strategy,
    pool_config: pool.config,
    is_active: pool.active,
    member_count: pool.memberCount,
    members: members?.map(memberView) ?? null,
    created_at: isoTime(pool.createdAt),
    updated_at: isoTime(pool.updatedAt),
  }
}

function memberView({ identifier, alias, priority, weight, verification }: MemberView) {
  return { key_identifier: identifier, alias, priority, weight, verification_status: verification }
}
