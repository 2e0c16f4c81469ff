/** Other servers: apipool-servers (or another Keywheel) whose pools are used here, and the users of our own. */
import { z } from 'zod'
import { id, instant, slug } from './common.ts'

const url = z
  .string()
  .trim()
  .max(2048)
  .regex(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/, 'give an address such as https://pool.example.com')
const name = z.string().trim().min(1).max(128)
const username = z.string().trim().min(1).max(128)
const password = z.string().min(1).max(1024)

export const remoteCreate = z.strictObject({ name: name.optional(), url, username, password })
export type RemoteCreate = z.output<typeof remoteCreate>
export const remotePatch = z.strictObject({
  name: name.optional(),
  url: url.optional(),
  username: username.optional(),
  password: password.optional(),
})
export type RemotePatch = z.output<typeof remotePatch>

/** `unauthorised`: it refuses the name or password. `unreachable`: no answer. `not-apipool`: something else answers there. */
const remoteStates = ['unknown', 'ok', 'locked', 'unauthorised', 'unreachable', 'not-apipool'] as const

/**
 * `proxy`: calls go through the server, which keeps its keys. `sync`: its keys and configuration are fetched and kept equal here.
 * What the server does not answer changes nothing here.
 */
export const linkModes = ['proxy', 'sync'] as const

/** A pool of a server that is used here, under a name of its own. */
const remoteLink = z.object({
  /** Its identifier there. */
  identifier: z.string(),
  /** The pool here. */
  pool: z.string(),
  mode: z.enum(linkModes),
  /** Seconds between two looks; only of synced ones. */
  interval: z.number(),
  /** Tells the server about calls that were made here with its keys, by their identifiers. */
  report: z.boolean(),
  lastSyncAt: instant.nullable(),
  /** Why the last look changed nothing; null = all is well. */
  problem: z.string().nullable(),
})
export type RemoteLink = z.infer<typeof remoteLink>

export const remote = z.object({
  id,
  name: z.string(),
  url: z.string(),
  username: z.string(),
  state: z.enum(remoteStates),
  problem: z.string().nullable(),
  checkedAt: instant.nullable(),
  links: z.array(remoteLink),
  createdAt: instant,
})
export type Remote = z.infer<typeof remote>

/** A pool as the server lists it. */
export const remotePool = z.object({
  identifier: z.string(),
  name: z.string(),
  description: z.string(),
  clientType: z.string(),
  keys: z.number(),
  /** The pool here that it is linked to. */
  pool: z.string().nullable(),
})
export type RemotePool = z.infer<typeof remotePool>

export const linkCreate = z.strictObject({
  identifier: z.string().min(1).max(128),
  mode: z.enum(linkModes),
  /** Name here; absent = made of the identifier. */
  pool: slug.optional(),
  /** Of a synced pool: whose API the keys are for. */
  provider: z.string().min(1).max(64).optional(),
  baseUrl: z.string().min(1).max(2048).optional(),
  interval: z.number().int().min(5).max(86_400).default(60),
  report: z.boolean().default(true),
})
export type LinkCreate = z.output<typeof linkCreate>

export const userRoles = ['admin', 'user'] as const

/** Somebody who may log in at the apipool-server side of this Keywheel. */
export const user = z.object({
  id,
  username: z.string(),
  email: z.string(),
  /** An admin may change pools and keys; a user calls and looks. */
  role: z.enum(userRoles),
  /** May read keys in the clear, where Keywheel allows that at all. */
  mayReveal: z.boolean(),
  /** Pools it sees; null = all. */
  pools: z.array(z.string()).nullable(),
  active: z.boolean(),
  createdAt: instant,
  lastLoginAt: instant.nullable(),
})
export type User = z.infer<typeof user>

const userPassword = z.string().min(8, 'use 8 characters or more').max(128)
export const userCreate = z.strictObject({
  username: z
    .string()
    .min(3)
    .max(64)
    .regex(/^[a-zA-Z0-9_-]+$/, 'use letters, digits, dashes and underscores'),
  email: z.string().max(255).default(''),
  password: userPassword,
  role: z.enum(userRoles).default('user'),
  mayReveal: z.boolean().default(false),
  pools: z.array(slug).min(1).max(200).nullable().default(null),
})
export type UserCreate = z.output<typeof userCreate>
export const userPatch = z.strictObject({
  email: z.string().max(255).optional(),
  /** Ends every session of the user. */
  password: userPassword.optional(),
  role: z.enum(userRoles).optional(),
  mayReveal: z.boolean().optional(),
  pools: z.array(slug).min(1).max(200).nullable().optional(),
  active: z.boolean().optional(),
})
export type UserPatch = z.output<typeof userPatch>
