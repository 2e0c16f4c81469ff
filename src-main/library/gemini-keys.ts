/** keys.json: which keys a pool has. A secret stays in here until it is asked for; printing a keyring shows none. */
import { readFileSync, statSync } from 'node:fs'
import { KeyPoolError } from './gemini-errors.ts'

export interface PoolKey {
  id: string
  /** `env:NAME` = the environment variable of that name; anything else is the key itself. */
  api_key: string
  /** The project whose quota the key draws on: keys of one project share limits and cool-downs. Absent = its own. */
  project?: string
}

/** The content of keys.json; unknown fields are left alone. */
export interface KeysFile {
  providers: Readonly<Record<string, { keys: readonly PoolKey[] }>>
}

export interface KnownKey {
  readonly id: string
  readonly provider: string
  readonly bucket: string
}

/** Throws KeyPoolError INVALID_KEYS that names the file; `warn` hears of secrets that others on this machine may read. */
export function readKeysFile(path: string, warn: (message: string) => void): KeysFile {
  const text = readFileSync(path, 'utf8')
  let file: KeysFile
  try {
    file = JSON.parse(text) as KeysFile
  } catch {
    // The parser's message quotes the text, and that holds keys.
    throw new KeyPoolError('INVALID_KEYS', path, `${path} is not valid JSON.`)
  }
  const keys = new KeyRing(file, {})
  const shared = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0
  if (shared && keys.holdsSecrets)
    warn(`${path} holds keys that other users may read: chmod 600 it, or write "env:NAME" for them.`)
  return file
}

export class KeyRing {
  readonly #secrets = new Map<string, string>()
  readonly #keys = new Map<string, KnownKey>()
  readonly #providers: readonly string[]
  readonly #env: Readonly<Record<string, string | undefined>>

  /** Throws KeyPoolError INVALID_KEYS that names the field. */
  constructor(file: KeysFile, env: Readonly<Record<string, string | undefined>>) {
    this.#env = env
    if (typeof file?.providers !== 'object' || file.providers === null) throw invalid('providers', 'give an object of providers')
    this.#providers = Object.keys(file.providers)
    for (const [provider, { keys }] of Object.entries(file.providers)) {
      if (!Array.isArray(keys)) throw invalid(`providers.${provider}.keys`, 'give a list of keys')
      for (const [index, key] of (keys as PoolKey[]).entries()) this.#add(key, provider, `providers.${provider}.keys.${index}`)
    }
  }

  get providers(): readonly string[] {
    return this.#providers
  }

  get holdsSecrets(): boolean {
    return [...this.#secrets.values()].some((secret) => !secret.startsWith('env:'))
  }

  /** In the file's order. Throws KeyPoolError UNKNOWN_PROVIDER, also for one without keys. */
  of(provider: string): readonly KnownKey[] {
    const keys = [...this.#keys.values()].filter((key) => key.provider === provider)
    if (keys.length === 0)
      throw new KeyPoolError('UNKNOWN_PROVIDER', provider, `There are no keys for the provider "${provider}".`)
    return keys
  }

  all(): readonly KnownKey[] {
    return [...this.#keys.values()]
  }

  /** Throws KeyPoolError UNKNOWN_KEY. */
  key(id: string): KnownKey {
    const key = this.#keys.get(id)
    if (!key) throw new KeyPoolError('UNKNOWN_KEY', 'id', 'There is no key of this id.')
    return key
  }

  /** Throws KeyPoolError UNKNOWN_KEY, or KEY_VARIABLE_UNSET that names the variable. */
  secret(id: string): string {
    const secret = this.#secrets.get(this.key(id).id) ?? ''
    if (!secret.startsWith('env:')) return secret
    const name = secret.slice('env:'.length)
    const value = this.#env[name]
    if (!value) throw new KeyPoolError('KEY_VARIABLE_UNSET', name, `The environment variable ${name} of key "${id}" is not set.`)
    return value
  }

  #add(key: PoolKey, provider: string, path: string): void {
    if (typeof key?.id !== 'string' || key.id === '') throw invalid(`${path}.id`, 'give the key a name')
    if (this.#keys.has(key.id)) throw invalid(`${path}.id`, 'another key has this name')
    if (typeof key.api_key !== 'string' || key.api_key === '') throw invalid(`${path}.api_key`, 'give the key, or env:NAME')
    if (key.project !== undefined && typeof key.project !== 'string') throw invalid(`${path}.project`, 'give a name')
    this.#secrets.set(key.id, key.api_key)
    // A project's name must not meet a key's.
    const bucket = key.project === undefined ? `key ${key.id}` : `project ${provider} ${key.project}`
    this.#keys.set(key.id, { id: key.id, provider, bucket })
  }
}

function invalid(field: string, message: string): KeyPoolError {
  return new KeyPoolError('INVALID_KEYS', field, `${field}: ${message}`)
}
