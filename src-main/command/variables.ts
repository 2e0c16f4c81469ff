/**
 * The variables by which the usual SDKs find their address and key. Only those are here whose SDK reads the address from the
 * environment too: a key without it would go to the vendor. Mistral's and Cohere's do not; Groq's does, but adds `/openai/v1` to
 * it, which the pool's address has already. All of them can be called with OpenAI's SDK.
 */
import type { Borrowed } from './client.ts'

export interface TargetPool {
  slug: string
  provider: string
  baseUrl: string
}

type Variables = Record<string, string>

/** Each with the address that its SDK completes. OPENAI_API_BASE is what LiteLLM, LangChain and openai < 1.0 read. */
const families = {
  openai: (base: string, token: string): Variables => ({
    OPENAI_BASE_URL: base,
    OPENAI_API_BASE: base,
    OPENAI_API_KEY: token,
  }),
  azure: (base: string, token: string): Variables => ({ AZURE_OPENAI_ENDPOINT: base, AZURE_OPENAI_API_KEY: token }),
  anthropic: (base: string, token: string): Variables => ({
    ANTHROPIC_BASE_URL: base,
    ANTHROPIC_API_KEY: token,
    ANTHROPIC_AUTH_TOKEN: token,
  }),
  /** Where both keys are set Google's SDKs take GOOGLE_API_KEY, so it may not be left as it was; nor may Vertex. */
  gemini: (base: string, token: string): Variables => ({
    GOOGLE_GEMINI_BASE_URL: base,
    GEMINI_API_KEY: token,
    GOOGLE_API_KEY: token,
    GOOGLE_GENAI_USE_VERTEXAI: 'false',
    GOOGLE_GENAI_USE_ENTERPRISE: 'false',
  }),
}
type Family = keyof typeof families

/** These name the account of the user's own key: sent with a pooled one they would have it refused. */
const ownAccount = ['OPENAI_ORG_ID', 'OPENAI_ORGANIZATION', 'OPENAI_PROJECT_ID'] as const

/** These open Keywheel itself: the command is to have a token of its own, and no more. */
const owners = ['KEYWHEEL_ADMIN_TOKEN', 'KEYWHEEL_PASSPHRASE_FILE', 'KEYWHEEL_KEY_FILE'] as const

/**
 * The environment of a command. Without a pool all SDKs use the unified address. With one, the SDK that speaks as the pool's
 * upstream does calls the pool itself, byte for byte; the others use the unified address, where the token opens that pool only.
 */
export function environmentFor(env: NodeJS.ProcessEnv, { proxy, token }: Borrowed, pool: TargetPool | null): NodeJS.ProcessEnv {
  const own = pool === null ? null : familyOf(pool)
  const addresses: Record<Exclude<Family, 'azure'>, string> = { openai: `${proxy}/v1`, anthropic: proxy, gemini: proxy }
  const variables: Variables = { KEYWHEEL_URL: proxy, KEYWHEEL_TOKEN: token, ...bypass(env) }
  for (const family of ['openai', 'anthropic', 'gemini'] as const) {
    const base = pool !== null && own === family ? rawAddress(proxy, pool) : addresses[family]
    Object.assign(variables, families[family](base, token))
  }
  const withheld: ReadonlySet<string> = new Set([...ownAccount, ...owners])
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.has(name)))
  if (pool === null || own !== 'azure') return { ...inherited, ...variables }
  // Azure's client refuses to start when it is given two addresses.
  const { OPENAI_BASE_URL: _, OPENAI_API_BASE: __, ...others } = variables
  const { OPENAI_BASE_URL: ___, OPENAI_API_BASE: ____, ...rest } = inherited
  return { ...rest, ...others, ...families.azure(`${proxy}/${pool.slug}`, token) }
}

/** The SDK that the pool's upstream speaks with; null = none of these. */
function familyOf({ provider, baseUrl }: TargetPool): Family | null {
  switch (provider) {
    case 'anthropic':
      return 'anthropic'
    case 'gemini':
      return 'gemini'
    case 'azure-openai':
      return /\/v1\/?$/.test(baseUrl) ? 'openai' : 'azure'
    case 'openai':
    case 'openrouter':
    case 'deepseek':
    case 'mistral':
    case 'groq':
    case 'xai':
    case 'openai-compatible':
      return 'openai'
    default:
      return null
  }
}

/** The proxy says a version only once, so `/v1` is right for OpenAI; other upstreams have a path of their own in the base URL. */
function rawAddress(proxy: string, { slug, provider }: TargetPool): string {
  return `${proxy}/${slug}${provider === 'openai' ? '/v1' : ''}`
}

/** What reaches the internet through a proxy shall reach this machine without it. */
function bypass(env: NodeJS.ProcessEnv): Variables {
  const here = ['127.0.0.1', 'localhost', '::1']
  const merged = (name: string) => [...new Set([...(env[name] ?? '').split(',').filter(Boolean), ...here])].join(',')
  return { NO_PROXY: merged('NO_PROXY'), no_proxy: merged('no_proxy') }
}
