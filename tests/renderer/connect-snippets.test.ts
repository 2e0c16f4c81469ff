/** Texts to copy: the right address in the right place. That they run is tested in a browser (tests/ui/connect.spec.ts). */
import { describe, expect, it } from 'vitest'
import { providerIds } from '../../src-preload/contract/index.ts'
import { fits, snippetsFor, toolIds } from '../../src-renderer/screens/connect/snippets.ts'

const target = { proxyUrl: 'http://127.0.0.1:8787', slug: 'main', provider: 'openai', token: 'kw_token' }
const textOf = (tool: (typeof toolIds)[number], provider: string) =>
  snippetsFor(tool, { ...target, provider })
    .map(({ text }) => text)
    .join('\n')

describe('texts to copy', () => {
  it('hold the token and the address of the pool, for every program and provider they fit', () => {
    for (const provider of providerIds) {
      for (const tool of toolIds.filter((name) => name !== 'keywheel-run' && fits(name, provider))) {
        const text = textOf(tool, provider)
        expect(text, `${tool} for ${provider}`).toContain('kw_token')
        expect(text, `${tool} for ${provider}`).toContain('http://127.0.0.1:8787/main')
      }
    }
  })

  it('say the version where OpenAI’s clients expect it, and nowhere for a compatible API with a path of its own', () => {
    expect(textOf('openai-node', 'openai')).toContain("'http://127.0.0.1:8787/main/v1'")
    expect(textOf('openai-node', 'openai-compatible')).toContain("'http://127.0.0.1:8787/main'")
  })

  it('name a model that the provider has, and Cohere’s own path', () => {
    expect(textOf('curl', 'groq')).toMatch(/main\/chat\/completions[^]*"model": "llama-/)
    expect(textOf('openai-python', 'openrouter')).toContain('model="openai/gpt-5-mini"')
    expect(textOf('curl', 'azure-openai')).toContain('name-of-your-deployment')
    expect(textOf('curl', 'cohere')).toContain('http://127.0.0.1:8787/main/v2/chat')
  })

  it('leave the version to the clients of Anthropic and Google, which append it', () => {
    expect(textOf('anthropic-node', 'anthropic')).toContain("'http://127.0.0.1:8787/main'")
    expect(textOf('google-node', 'gemini')).toContain("'http://127.0.0.1:8787/main'")
  })

  it('let Claude Code use the token, not a key that lies in the environment', () => {
    expect(textOf('claude-code', 'anthropic')).toMatch(/^unset ANTHROPIC_API_KEY$/m)
  })
})

describe('texts for the unified address', () => {
  const unified = { ...target, slug: null, provider: 'unified', model: `it's "best"` }
  const text = (tool: (typeof toolIds)[number]) =>
    snippetsFor(tool, unified)
      .map((snippet) => snippet.text)
      .join('\n')

  it('name no pool, and every program fits', () => {
    expect(toolIds.filter((tool) => !fits(tool, 'unified'))).toEqual([])
    expect(toolIds.filter((tool) => text(tool).includes('8787/main'))).toEqual([])
    expect(text('openai-python')).toContain('base_url="http://127.0.0.1:8787/v1"')
    expect(text('anthropic-python')).toContain('base_url="http://127.0.0.1:8787"')
    expect(text('google-python')).toContain('"base_url": "http://127.0.0.1:8787"')
  })

  it('quote the model’s name for where it stands: a shell, Python, JavaScript, TOML', () => {
    expect(text('openai-python')).toContain(String.raw`model="it's \"best\""`)
    expect(text('openai-node')).toContain(String.raw`model: 'it\'s "best"'`)
    expect(text('codex')).toContain(String.raw`model = "it's \"best\""`)
    expect(text('claude-code')).toContain(String.raw`export ANTHROPIC_MODEL='it'\''s "best"'`)
    expect(text('curl')).toContain(String.raw`"model": "it'\''s \"best\""`)
  })

  it('run a command by keywheel itself, with a pool or without', () => {
    expect(text('keywheel-run')).toBe('keywheel run -- python app.py')
    expect(textOf('keywheel-run', 'openai')).toBe('keywheel run --pool main -- python app.py')
  })
})

describe('which programs fit', () => {
  it.each([
    ['openai', 'codex', true],
    ['openai', 'claude-code', false],
    ['anthropic', 'claude-code', true],
    ['gemini', 'gemini-cli', true],
    ['mistral', 'openai-node', true],
    ['azure-openai', 'codex', true],
    ['cohere', 'openai-node', false],
    ['custom', 'openai-node', false],
    ['custom', 'curl', true],
    ['demo', 'anthropic-node', true],
    ['a provider of later', 'generic', true],
  ] as const)('%s, %s: %s', (provider, tool, expected) => {
    expect(fits(tool, provider)).toBe(expected)
  })
})
