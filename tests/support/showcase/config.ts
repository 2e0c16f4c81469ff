/** What a house with several providers, programs and people has set up. By the same calls as anybody. */
import type { ScriptedUpstream } from '../../../src-main/demo/index.ts'
import type { ClientCreated } from '../../../src-preload/contract/index.ts'
import type { Host } from '../host.ts'
import { strictly } from './strictly.ts'

/** Pools with keys, and what their provider will say to some of them. */
export async function seedKeys(host: Host, upstream: ScriptedUpstream): Promise<void> {
  const rest = strictly(host)
  await rest('POST', '/pools', {
    slug: 'openai',
    name: 'OpenAI',
    provider: 'openai',
    baseUrl: `${upstream.url}/v1`,
    strategy: 'least_used',
    config: { models: ['gpt-4o', 'gpt-4o-mini', 'o3-mini'] },
  })
  await rest('PATCH', '/pools/openai', { config: { cacheTtl: 600, queueTimeout: 20 } })
  await rest('POST', '/pools', {
    slug: 'claude',
    name: 'Claude',
    provider: 'anthropic',
    baseUrl: `${upstream.url}/v1`,
    config: { models: ['claude-sonnet-4-5', 'claude-haiku-4-5'] },
  })
  await rest('POST', '/pools', {
    slug: 'gemini',
    name: 'Gemini',
    provider: 'gemini',
    baseUrl: `${upstream.url}/v1beta`,
    config: { models: ['gemini-2.5-pro'] },
  })
  for (const label of ['work', 'personal', 'side project', 'team', 'old']) {
    await rest('POST', '/keys', {
      secret: openaiKey(label),
      label,
      pools: ['openai'],
      tags: label === 'team' ? ['shared'] : [],
      ...(label === 'personal' && { limits: { '*': { rpd: 400 } }, limitZone: noonZone() }),
      ...(label === 'side project' && { budget: { usd: 20, per: 'month' } }),
    })
  }
  for (const label of ['claude main', 'claude spare'])
    await rest('POST', '/keys', { secret: `sk-ant-${label.replace(' ', '-')}-${'0'.repeat(24)}`, label, pools: ['claude'] })
  for (const label of ['gemini one', 'gemini two'])
    await rest('POST', '/keys', { secret: `AIza${label.replace(' ', '-')}${'0'.repeat(24)}`, label, pools: ['gemini'] })
  upstream.script(openaiKey('old'), [{ kind: 'key-invalid' }])
  const ok = { kind: 'ok', usage: { input: 1200, output: 380 } } as const
  upstream.script(openaiKey('team'), [ok, ok, { kind: 'rate-short', retryAfterS: 600 }])
  upstream.script(openaiKey('personal'), [ok, ok, ok, { kind: 'overloaded' }, ok, { kind: 'slow-first-byte', ms: 900 }, ok])
  upstream.script(openaiKey('side project'), [ok, ok, { kind: 'bad-request' }, { kind: 'slow-first-byte', ms: 300 }, ok])
}

/** Where it is noon: what a day's limit says does not hang on when it is looked at. */
function noonZone(): string {
  const east = 12 - new Date().getUTCHours()
  return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`
}

const openaiKey = (label: string) => `sk-proj-${label.replace(' ', '-')}-${'0'.repeat(24)}`

/** A route over both pools, a prompt in two versions, prices of one's own, a client that may do little. */
export async function seedGateway(host: Host): Promise<void> {
  const rest = strictly(host)
  await rest('POST', '/routes', {
    model: 'best',
    targets: [
      { pool: 'claude', model: 'claude-sonnet-4-5', weight: 3 },
      { pool: 'openai', model: 'gpt-4o' },
    ],
    then: [{ pool: 'openai', model: 'gpt-4o-mini' }],
    notes: 'For everything that people read',
  })
  await rest('POST', '/routes', { model: 'gpt-5*', targets: [{ pool: 'openai' }] })
  await rest('POST', '/prompts', {
    slug: 'summary',
    name: 'Summary',
    description: 'A text in a few sentences',
    model: 'best',
    messages: [
      { role: 'system', text: 'You write for {{audience}}, in plain words.' },
      { role: 'user', text: 'Summarise this in {{sentences}} sentences:\n\n{{text}}' },
    ],
    variables: [
      { name: 'audience', description: 'Who reads it', default: 'busy people' },
      { name: 'sentences', description: 'How many', default: '3' },
      { name: 'text', description: 'What is to be summarised' },
    ],
    parameters: { temperature: 0.3, maxTokens: 400 },
  })
  await rest('POST', '/prompts/summary/publish', {})
  await rest('POST', '/prompts', {
    slug: 'translate',
    name: 'Translate',
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', text: 'Translate into {{language}}: {{text}}' }],
    variables: [{ name: 'language' }, { name: 'text' }],
  })
  await rest('PATCH', '/settings', {
    prices: [{ provider: '*', model: 'best', input: 3, output: 15, cacheRead: 0.3 }],
  })
}

/** Programs, people who may log in, and another Keywheel whose pool is used here. */
export async function seedPrograms(host: Host, office: Host, upstream: ScriptedUpstream): Promise<ClientCreated[]> {
  const rest = strictly(host)
  const there = strictly(office)
  const quotas = [
    { duration: 'DAY', credits: 60 },
    { duration: 'MONTH', credits: 1000 },
  ]
  const clients = [
    await rest('POST', '/clients', { name: 'editor', quotas }),
    await rest('POST', '/clients', { name: 'Claude Code' }),
  ]

  clients.push(
    await rest('POST', '/clients', {
      name: 'nightly report',
      lane: 'background',
      models: ['best', 'gpt-5*'],
      budget: { usd: 5, per: 'month' },
      expiresAt: Date.now() + 30 * 86_400_000,
    }),
  )
  await rest('PATCH', '/settings', { apipoolServer: true, creditRules: [{ pool: 'openai', perCall: 1, perThousandTokens: 0.5 }] })
  await rest('POST', '/users', { username: 'ann', email: 'ann@example.com', password: 'correct horse', role: 'admin' })
  await rest('POST', '/users', { username: 'bob', password: 'correct horse', pools: ['openai'] })
  await there('POST', '/pools', { slug: 'team', name: 'Team', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await there('POST', '/keys', { secret: `sk-proj-team-${'1'.repeat(24)}`, label: 'shared', pools: ['team'] })
  await there('PATCH', '/settings', { apipoolServer: true, apipoolReveal: true })
  await there('POST', '/users', { username: 'ann', password: 'correct horse', mayReveal: true })
  const { id } = (await rest('POST', '/remotes', {
    name: 'Office',
    url: office.proxy,
    username: 'ann',
    password: 'correct horse',
  })) as { id: string }
  const link = { identifier: 'team', mode: 'sync', pool: 'team', provider: 'openai', baseUrl: `${upstream.url}/v1` }
  await rest('POST', `/remotes/${id}/links`, link)
  return clients as ClientCreated[]
}

/** What people call things, and a screen has to bear. */
export async function seedAwkward(host: Host): Promise<void> {
  const rest = strictly(host)
  const long = `a-label-without-any-space-${'x'.repeat(128 - 26)}`
  const rtl = 'مفاتيح الفريق 🔑👩‍👩‍👧‍👦'
  await rest('POST', '/pools', { slug: 'rtl', name: rtl, provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1' })
  await rest('POST', '/pools', { slug: 'long', name: long, provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1' })
  for (const [index, label] of [long, rtl, 'שלום \u202eabc'].entries())
    await rest('POST', '/keys', {
      secret: `sk-awkward-${index}-${'0'.repeat(24)}`,
      label,
      pools: ['rtl', 'long', 'openai'],
      tags: [rtl, long.slice(0, 64)],
    })
  for (const name of [rtl, long]) await rest('POST', '/clients', { name })
}
