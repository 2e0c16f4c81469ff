/** What a person copies into a tool so that it calls Keywheel: one text per tool, for one pool or for the unified address. Pure. */
import type { ProviderId } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'
import { privacy } from '../../privacy/privacy.ts'
import { tokenPlaceholder } from './token-placeholder.ts'

export const toolIds = [
  'keywheel-run',
  'claude-code',
  'codex',
  'gemini-cli',
  'openai-python',
  'openai-node',
  'anthropic-python',
  'anthropic-node',
  'google-python',
  'google-node',
  'curl',
  'generic',
] as const
export type ToolId = (typeof toolIds)[number]

/** The API that a tool speaks, or `any`. */
export type ToolApi = 'openai' | 'anthropic' | 'gemini' | 'any'

export const toolApis: Record<ToolId, ToolApi> = {
  'keywheel-run': 'any',
  'claude-code': 'anthropic',
  codex: 'openai',
  'gemini-cli': 'gemini',
  'openai-python': 'openai',
  'openai-node': 'openai',
  'anthropic-python': 'anthropic',
  'anthropic-node': 'anthropic',
  'google-python': 'gemini',
  'google-node': 'gemini',
  curl: 'any',
  generic: 'any',
}

export interface SnippetTarget {
  /** The proxy's address, e.g. `http://127.0.0.1:8787`. */
  proxyUrl: string
  /** Null = the unified address, where a model's name says which pool serves. */
  slug: string | null
  /** The pool's; `unified` without one. */
  provider: string
  /** A client token, or a placeholder. */
  token: string
  /** The model to ask for on the unified address. */
  model?: string
}

/** The same for the screen: in privacy mode without the pool's name and the token. */
export function hiddenOf(target: SnippetTarget): SnippetTarget {
  if (!privacy.on()) return target
  const { slug, token } = target
  return { ...target, slug: slug === null ? null : formatPool(slug), token: token === tokenPlaceholder ? token : '•••' }
}

export interface Snippet {
  /** Where the text goes, e.g. `~/.codex/config.toml`; null = a shell or the program itself. */
  file: string | null
  text: string
}

const apisOf: Record<ProviderId | 'unified', readonly ToolApi[]> = {
  openai: ['openai', 'any'],
  anthropic: ['anthropic', 'any'],
  gemini: ['gemini', 'any'],
  'azure-openai': ['openai', 'any'],
  openrouter: ['openai', 'any'],
  deepseek: ['openai', 'any'],
  mistral: ['openai', 'any'],
  groq: ['openai', 'any'],
  xai: ['openai', 'any'],
  cohere: ['any'],
  'openai-compatible': ['openai', 'any'],
  custom: ['any'],
  demo: ['openai', 'anthropic', 'gemini', 'any'],
  // Whatever the model's own provider speaks.
  unified: ['openai', 'anthropic', 'gemini', 'any'],
}

/** Whether a tool can use a pool of this provider. */
export function fits(tool: ToolId, provider: string): boolean {
  const apis = Object.entries(apisOf).find(([id]) => id === provider)?.[1] ?? apisOf.custom
  return apis.includes(toolApis[tool])
}

/**
 * Base URL for clients of the OpenAI API, which append `/chat/completions` themselves. The proxy says a version only once,
 * so `/v1` is right for the official base URL; other upstreams have a path of their own, which the pool's base URL holds.
 */
function openaiBase(target: SnippetTarget): string {
  const { provider } = target
  return `${baseOf(target)}${provider === 'openai' || provider === 'demo' || provider === 'unified' ? '/v1' : ''}`
}

function baseOf({ proxyUrl, slug }: SnippetTarget): string {
  return slug === null ? proxyUrl : `${proxyUrl}/${slug}`
}

/** A model that each provider's chat API has; `gpt-5-mini` elsewhere. */
const chatModels: Partial<Record<string, string>> = {
  'azure-openai': 'name-of-your-deployment',
  openrouter: 'openai/gpt-5-mini',
  deepseek: 'deepseek-chat',
  mistral: 'mistral-small-latest',
  groq: 'llama-3.3-70b-versatile',
  xai: 'grok-4',
}
const chatModel = ({ provider, model }: SnippetTarget) => model ?? chatModels[provider] ?? 'gpt-5-mini'
const claudeModel = ({ model }: SnippetTarget) => model ?? 'claude-sonnet-4-5'
const geminiModel = ({ model }: SnippetTarget) => model ?? 'gemini-2.5-flash'

/** Routes may be named with anything: as a string of JavaScript, Python or TOML, and as a word of a shell. */
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const quotedTwice = (text: string) => JSON.stringify(text)
const shellWord = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** One field a line: short enough to be read where it is copied from. */
function fields(body: object): string {
  return Object.entries(body)
    .map(([name, value]) => `    "${name}": ${JSON.stringify(value)}`)
    .join(',\n')
}

function curl(target: SnippetTarget): string {
  const { provider, token } = target
  const post = (url: string, headers: string[], body: object) =>
    [`curl ${url}`, ...headers.map((header) => `-H '${header}'`), `-d ${shellWord(`{\n${fields(body)}\n  }`)}`].join(' \\\n  ')
  const json = 'content-type: application/json'
  const messages = [{ role: 'user', content: 'Say hello' }]
  switch (provider) {
    case 'openai':
    case 'azure-openai':
    case 'openrouter':
    case 'deepseek':
    case 'mistral':
    case 'groq':
    case 'xai':
    case 'openai-compatible':
    case 'demo':
    case 'unified':
      return post(`${openaiBase(target)}/chat/completions`, [`authorization: Bearer ${token}`, json], {
        model: chatModel(target),
        messages,
      })
    case 'anthropic':
      return post(`${baseOf(target)}/v1/messages`, [`x-api-key: ${token}`, 'anthropic-version: 2023-06-01', json], {
        model: claudeModel(target),
        max_tokens: 64,
        messages,
      })
    case 'gemini':
      return post(`${baseOf(target)}/v1beta/models/${geminiModel(target)}:generateContent`, [`x-goog-api-key: ${token}`, json], {
        contents: [{ parts: [{ text: 'Say hello' }] }],
      })
    case 'cohere':
      return post(`${baseOf(target)}/v2/chat`, [`authorization: Bearer ${token}`, json], {
        model: 'command-a-03-2025',
        messages,
      })
    default:
      return `curl ${baseOf(target)}/ \\\n  -H 'authorization: Bearer ${token}'`
  }
}

function codexConfig(target: SnippetTarget): string {
  return `${target.model === undefined ? '' : `model = ${quotedTwice(target.model)}\n`}model_provider = "keywheel"

[model_providers.keywheel]
name = "Keywheel"
base_url = "${openaiBase(target)}"
env_key = "KEYWHEEL_TOKEN"
wire_api = "responses"`
}

/** Programs that know only their maker's models must be told another's. */
function exportModel(variable: string, { model }: SnippetTarget): string {
  return model === undefined ? '' : `export ${variable}=${shellWord(model)}\n`
}

const write: Record<ToolId, (target: SnippetTarget) => Snippet[]> = {
  // It makes a token for as long as the command runs: none has to be made, and none is left behind.
  'keywheel-run': ({ slug }) => [{ file: null, text: `keywheel run ${slug === null ? '' : `--pool ${slug} `}-- python app.py` }],
  // Claude Code appends /v1/messages; an API key in the environment would stand above the token.
  'claude-code': (target) => [
    {
      file: null,
      text: `unset ANTHROPIC_API_KEY\nexport ANTHROPIC_BASE_URL="${baseOf(target)}"\nexport ANTHROPIC_AUTH_TOKEN="${target.token}"\n${exportModel('ANTHROPIC_MODEL', target)}claude`,
    },
  ],
  // Codex takes custom providers only from its file, and only the Responses API.
  codex: (target) => [
    { file: '~/.codex/config.toml', text: codexConfig(target) },
    { file: null, text: `export KEYWHEEL_TOKEN="${target.token}"\ncodex` },
  ],
  'gemini-cli': (target) => [
    {
      file: null,
      text: `export GOOGLE_GEMINI_BASE_URL="${baseOf(target)}"\nexport GEMINI_API_KEY="${target.token}"\n${exportModel('GEMINI_MODEL', target)}gemini`,
    },
  ],
  'openai-python': (target) => [
    {
      file: null,
      text: `from openai import OpenAI

client = OpenAI(base_url="${openaiBase(target)}", api_key="${target.token}")
answer = client.chat.completions.create(
    model=${quotedTwice(chatModel(target))},
    messages=[{"role": "user", "content": "Say hello"}],
)
print(answer.choices[0].message.content)`,
    },
  ],
  'openai-node': (target) => [
    {
      file: null,
      text: `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${openaiBase(target)}', apiKey: '${target.token}' })
const answer = await client.chat.completions.create({
  model: ${quoted(chatModel(target))},
  messages: [{ role: 'user', content: 'Say hello' }],
})
console.log(answer.choices[0].message.content)`,
    },
  ],
  'anthropic-python': (target) => [
    {
      file: null,
      text: `from anthropic import Anthropic

client = Anthropic(base_url="${baseOf(target)}", api_key="${target.token}")
answer = client.messages.create(
    model=${quotedTwice(claudeModel(target))},
    max_tokens=64,
    messages=[{"role": "user", "content": "Say hello"}],
)
print(answer.content[0].text)`,
    },
  ],
  'anthropic-node': (target) => [
    {
      file: null,
      text: `import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({ baseURL: '${baseOf(target)}', apiKey: '${target.token}' })
const answer = await client.messages.create({
  model: ${quoted(claudeModel(target))},
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Say hello' }],
})
console.log(answer.content[0].text)`,
    },
  ],
  'google-python': (target) => [
    {
      file: null,
      text: `from google import genai

client = genai.Client(api_key="${target.token}", http_options={"base_url": "${baseOf(target)}"})
answer = client.models.generate_content(model=${quotedTwice(geminiModel(target))}, contents="Say hello")
print(answer.text)`,
    },
  ],
  'google-node': (target) => [
    {
      file: null,
      text: `import { GoogleGenAI } from '@google/genai'

const client = new GoogleGenAI({ apiKey: '${target.token}', httpOptions: { baseUrl: '${baseOf(target)}' } })
const answer = await client.models.generateContent({ model: ${quoted(geminiModel(target))}, contents: 'Say hello' })
console.log(answer.text)`,
    },
  ],
  curl: (target) => [{ file: null, text: curl(target) }],
  generic: (target) => [
    {
      file: null,
      text: `Base URL  ${fits('openai-node', target.provider) ? openaiBase(target) : baseOf(target)}\nAPI key   ${target.token}`,
    },
  ],
}

/** The texts for one tool and one place. `token` and `slug` hold only letters, digits, `-` and `_`, so they need no quoting. */
export function snippetsFor(tool: ToolId, target: SnippetTarget): Snippet[] {
  return write[tool](target)
}
