/** Routes under /keys. */
import { z } from 'zod'
import {
  batchBody,
  importBody,
  keyCreateBody,
  keyFilterQuery,
  keyPatchBody,
  keyStatsQuery,
  rawQuery,
  rotateBody,
} from './keys-input.ts'
import { type ApiKey, type KeyFilter, type KeyHouse, successRate } from './keys-types.ts'
import { pageFields } from './paging.ts'
import { isoTime, isoTimeOrNull } from './times.ts'
import type { ApiAnswer, ApiRequest, ApiRoute, ApiRoutes, ApiUser } from './types.ts'
import { readBody, readQuery } from './validation.ts'

const longestImport = 64 * 1024 * 1024

type Run = (request: ApiRequest, user: ApiUser) => Promise<ApiAnswer>
const forAll = (run: Run): ApiRoute => ({ open: false, admin: false, run })
const forAdmins = (run: Run): ApiRoute => ({ open: false, admin: true, run })

const ok = (json: unknown, status = 200): ApiAnswer => ({ status, json })
const nameIn = ({ params }: ApiRequest) => params['identifier'] ?? ''

export function keyRoutes(house: KeyHouse): ApiRoutes {
  return { ...oneKey(house), ...secrets(house), ...imports(house) }
}

function oneKey(house: KeyHouse): ApiRoutes {
  return {
    'POST /keys': forAdmins(async ({ body }, user) => {
      const { raw_key: rawKey, client_config: clientConfig, ...rest } = readBody(keyCreateBody, body)
      return ok(view(await house.create(user, { ...rest, rawKey, clientConfig })), 201)
    }),
    'GET /keys': forAll(async ({ query }, user) => {
      const { page, page_size, ...filter } = readQuery(z.object({ ...keyFilterQuery, ...pageFields }), query)
      const found = house.list(user, filterOf(filter), { offset: (page - 1) * page_size, limit: page_size })
      return ok({ items: found.items.map(view), total: found.total, page, page_size })
    }),
    'GET /keys/{identifier}': forAll(async (request, user) => ok(view(house.get(user, nameIn(request))))),
    'PUT /keys/{identifier}': forAdmins(async (request, user) => {
      const { client_config: clientConfig, is_active, ...rest } = readBody(keyPatchBody, request.body)
      const patch = { ...rest, clientConfig, active: is_active ?? undefined }
      return ok(view(await house.update(user, nameIn(request), patch)))
    }),
    'PATCH /keys/{identifier}/rotate': forAdmins(async (request, user) =>
      ok(view(await house.rotate(user, nameIn(request), readBody(rotateBody, request.body).new_raw_key))),
    ),
    'DELETE /keys/{identifier}': forAdmins(async (request, user) => {
      await house.remove(user, nameIn(request))
      return ok({ message: 'ok' })
    }),
    'POST /keys/{identifier}/verify': forAdmins(async (request, user) => {
      const { verification, at } = await house.verify(user, nameIn(request))
      return ok({ identifier: nameIn(request), verification_status: verification, verified_at: isoTimeOrNull(at) })
    }),
    'GET /keys/{identifier}/stats': forAll(async (request, user) => {
      const { seconds } = readQuery(keyStatsQuery, request.query)
      const stats = await house.stats(user, nameIn(request), seconds)
      return ok({
        key_identifier: stats.identifier,
        alias: stats.alias,
        period_seconds: seconds,
        total_calls: stats.total,
        success_count: stats.success,
        failed_count: stats.failed,
        reach_limit_count: stats.reachLimit,
        success_rate: successRate(stats),
      })
    }),
  }
}

/** Secrets in the clear. */
function secrets(house: KeyHouse): ApiRoutes {
  return {
    'GET /keys/raw': forAll(async ({ query }, user) => {
      const { clientType, keys } = await house.rawOfPool(user, readQuery(rawQuery, query).pool_identifier)
      const items = keys.map(({ identifier, rawKey, alias, tags }) => ({
        identifier,
        raw_key: rawKey,
        alias,
        tags: listOrNull(tags),
      }))
      return ok({ client_type: clientType, keys: items, total: items.length })
    }),
    'GET /keys/{identifier}/raw': forAll(async (request, user) => {
      const { rawKey, ...key } = await house.raw(user, nameIn(request))
      const { id, identifier, alias, is_active, verification_status, tags, created_at } = view(key)
      return ok({ id, identifier, raw_key: rawKey, alias, is_active, verification_status, tags, created_at })
    }),
    'GET /keys/export': forAll(async ({ query }, user) => {
      const text = await house.exportCsv(user, filterOf(readQuery(z.object(keyFilterQuery), query)))
      const name = `apikeys-export-${isoTime(house.now()).replace('T', '_').replaceAll(/[-:]/g, '')}.csv`
      const headers = { 'content-disposition': `attachment; filename=${name}` }
      return { status: 200, text, type: 'text/csv; charset=utf-8', headers }
    }),
  }
}

function imports(house: KeyHouse): ApiRoutes {
  const seconds = () => Math.floor(house.now() / 1000)
  return {
    'POST /keys/import': {
      ...forAdmins(async ({ body }, user) => {
        const { keys } = readBody(importBody, body)
        const given = keys.map(({ raw_key: rawKey, is_active: active, ...rest }) => ({ ...rest, rawKey, active }))
        const { imported, skipped } = await house.import(user, given)
        return ok({ task_id: `key-import-${seconds()}`, status: 'completed', total: keys.length, imported, skipped })
      }),
      maxBody: longestImport,
    },
    'POST /keys/batch-import': {
      ...forAdmins(async ({ body }, user) => {
        const { client_type, keys } = readBody(batchBody, body)
        const at = seconds()
        const named = keys.map(({ raw_key: rawKey, alias }, index) => ({
          identifier: `${client_type}-imported-${at}-${index + 1}`,
          rawKey,
          alias: alias ?? `imported-${index + 1}`,
        }))
        const { imported } = await house.import(
          user,
          named.filter(({ rawKey }) => rawKey !== ''),
        )
        return ok({ task_id: `batch-import-${at}`, status: 'completed', total: imported })
      }),
      maxBody: longestImport,
    },
  }
}

function filterOf(query: z.output<z.ZodObject<typeof keyFilterQuery>>): KeyFilter {
  const { pool_id: pool, is_active: active, verification_status: verification, tag, search } = query
  return { pool, active, tag, search, verification }
}

const listOrNull = (list: readonly string[]) => (list.length === 0 ? null : list)

function view(key: ApiKey) {
  return {
    id: key.id,
    identifier: key.identifier,
    alias: key.alias,
    client_config: key.clientConfig,
    is_active: key.active,
    is_archived: key.archived,
    verification_status: key.verification,
    last_verified_at: isoTimeOrNull(key.verifiedAt),
    tags: listOrNull(key.tags),
    description: key.description === '' ? null : key.description,
    created_at: isoTime(key.createdAt),
    updated_at: isoTime(key.updatedAt),
  }
}
