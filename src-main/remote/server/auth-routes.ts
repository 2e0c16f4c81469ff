/** Routes under /auth: in, on and out. */
import { z } from 'zod'
import type { Account, Accounts, Sessions } from './sessions.ts'
import { isoTime } from './times.ts'
import { accessLife, type TokenPair } from './tokens.ts'
import { type ApiAnswer, ApiProblem, type ApiRoutes } from './types.ts'
import { readBody } from './validation.ts'

export interface AuthDeps {
  sessions: Sessions
  accounts: Pick<Accounts, 'byId'>
  /** Null while strangers may not make themselves a user. Throws ApiProblem 409 and 429. */
  registration(): ((input: Registration, address: string) => Promise<Account>) | null
}

const registration = z.object({
  username: z
    .string()
    .min(3)
    .max(64)
    .regex(/^[a-zA-Z0-9_-]+$/),
  email: z.string().max(255),
  password: z.string().min(8).max(128),
})
type Registration = z.output<typeof registration>

const login = z.object({ username: z.string().max(1024), password: z.string().max(1024) })
/** Bytes that anybody may send: a refresh token has room in it. */
const openBody = 96 * 1024
const withRefresh = z.object({ refresh_token: z.string().max(65_536) })

export function authRoutes({ sessions, accounts, registration: open }: AuthDeps): ApiRoutes {
  return {
    'POST /auth/register': {
      open: true,
      maxBody: openBody,
      async run({ body, peer }) {
        const register = open()
        if (register === null) {
          throw new ApiProblem(403, 'Registration is switched off. It is opened in Keywheel: Settings > apipool server.')
        }
        return { status: 201, json: userView(await register(readBody(registration, body), peer.address)) }
      },
    },
    'POST /auth/login': {
      open: true,
      maxBody: openBody,
      run: async ({ body, peer }) => pairAnswer(await sessions.login(readBody(login, body), peer.address)),
    },
    'POST /auth/refresh': {
      open: true,
      maxBody: openBody,
      run: async ({ body }) => pairAnswer(await sessions.refresh(readBody(withRefresh, body).refresh_token)),
    },
    'POST /auth/logout': {
      open: true,
      maxBody: openBody,
      async run({ body }) {
        await sessions.logout(readBody(withRefresh, body).refresh_token)
        return { status: 200, json: { message: 'ok' } }
      },
    },
    'GET /auth/me': {
      open: false,
      admin: false,
      async run(_, { id }) {
        const account = accounts.byId(id)
        if (account === undefined) throw new ApiProblem(401, 'User not found', { 'www-authenticate': 'Bearer' })
        return { status: 200, json: userView(account) }
      },
    },
  }
}

function pairAnswer({ access, refresh }: TokenPair): ApiAnswer {
  const json = { access_token: access, refresh_token: refresh, token_type: 'bearer', expires_in: accessLife }
  return { status: 200, json }
}

function userView({ id, username, email, role, active, createdAt }: Account) {
  return { id, username, email, role, is_active: active, created_at: isoTime(createdAt) }
}
