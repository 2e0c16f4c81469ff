/** The apipool-server, put together from tables of routes: finds the route, knows who asks, answers in JSON. */
import { problemOf } from './failure.ts'
import { health } from './info-routes.ts'
import { matcherOf } from './matching.ts'
import {
  type ApiAnswer,
  ApiProblem,
  type ApipoolServer,
  type ApiRequest,
  type ApiRoute,
  type ApiRoutes,
  type ServerAnswer,
  type ServerDeps,
  type ServerRequest,
} from './types.ts'
import { jsonProblem } from './validation.ts'

type Head = Omit<ServerRequest, 'body'>

const prefix = '/api/v1'
const usualBody = 1024 * 1024

/** Routes have their addresses below `/api/v1`; two of one address are refused at once. */
export function createApipoolServer(tables: readonly ApiRoutes[], { userOf, log }: ServerDeps): ApipoolServer {
  const match = matcherOf(tables)

  const find = ({ method, path }: Pick<ServerRequest, 'method' | 'path'>) =>
    path.startsWith(`${prefix}/`) ? match(method, path.slice(prefix.length)) : ({ kind: 'none' } as const)

  /** The route of a request, and its user unless it is open to anybody. */
  const admit = async (request: Head) => {
    const found = find(request)
    if (found.kind === 'none') throw new ApiProblem(404, 'Not Found')
    if (found.kind === 'other-methods') {
      throw new ApiProblem(405, 'Method Not Allowed', { allow: found.allowed.join(', ') })
    }
    const { route, params } = found
    if (route.open) return { route, params, run: route.run }
    const user = await userOf(bearerOf(request))
    assertAllowed(route, user)
    return { route, params, run: (given: ApiRequest) => route.run(given, user) }
  }
  const run = async (request: ServerRequest): Promise<ApiAnswer> => {
    if (request.path === '/health' && request.method === 'GET') return { status: 200, json: health }
    const { route, params, run: answer } = await admit(request)
    return answer(asked(request, params, route.parse))
  }
  const failed = (error: unknown, { method, path }: Head): ServerAnswer => {
    // Not what a key is called: there are programs that call it by its secret.
    const place = path.split('/').slice(0, 4).join('/')
    const { status, detail, headers } = problemOf(error, `${method} ${place}`, log)
    return onTheWire({ status, json: { detail }, headers })
  }

  return {
    // Otherwise whoever has no token could have the memory for bodies filled with nothing.
    async maxBody(request) {
      try {
        return (await admit(request)).route.maxBody ?? usualBody
      } catch (error) {
        return failed(error, request)
      }
    },
    async answer(request) {
      try {
        return onTheWire(await run(request))
      } catch (error) {
        return failed(error, request)
      }
    },
  }
}

function asked({ body, ...request }: ServerRequest, params: Record<string, string>, parse: ApiRoute['parse']): ApiRequest {
  return { ...request, params, body: body.byteLength === 0 ? undefined : parsed(body, parse) }
}

function parsed(body: Uint8Array, parse: ApiRoute['parse'] = JSON.parse): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new ApiProblem(400, 'There was an error parsing the body')
  }
  try {
    return parse(text)
  } catch (error) {
    throw jsonProblem(error)
  }
}

/** The scheme is matched as apipool-server does: `Bearer`, one space, and not `bearer`. */
function bearerOf({ header }: Head): string {
  const value = header('authorization')
  if (value?.startsWith('Bearer ')) return value.slice('Bearer '.length)
  throw new ApiProblem(401, 'Missing or invalid Authorization header', { 'www-authenticate': 'Bearer' })
}

function assertAllowed(route: ApiRoute, user: { role: string }): void {
  if (!route.open && route.admin && user.role !== 'admin') {
    throw new ApiProblem(403, 'This needs the role admin. Keywheel: Settings > Users.')
  }
}

function onTheWire(answer: ApiAnswer): ServerAnswer {
  const text = 'json' in answer ? JSON.stringify(answer.json) : answer.text
  const type = 'json' in answer ? 'application/json' : answer.type
  const named = { 'content-type': type, ...answer.headers }
  return { status: answer.status, headers: Object.entries(named).flat(), body: new TextEncoder().encode(text) }
}
