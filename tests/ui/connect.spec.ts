/** Connect in a real browser: a client's token works until it is revoked, and what is offered for copying runs. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

const secretOf = (name: string) => `sk-test-${name.padEnd(32, '0')}`
const run = promisify(execFile)

let host: Host
let upstream: ScriptedUpstream
let page: Page
let token = ''

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  page = await openPage(browser, host, 'connect')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

async function makePool(slug: string, provider: string, baseUrl: string): Promise<void> {
  await host.rest('POST', '/pools', { slug, name: slug, provider, baseUrl })
  await host.rest('POST', '/keys', { secret: secretOf(slug), label: `${slug} key`, pools: [slug] })
}

async function choosePool(slug: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Pool', exact: true }).click()
  await page.getByRole('option', { name: slug, exact: true }).click()
  await expect(page.getByText(`For the pool ${slug}.`)).toBeVisible()
}

/** The text that a program's card offers. */
async function textFor(tool: string, title: string): Promise<string> {
  await page.getByRole('button', { name: tool, exact: true }).click()
  return page.getByRole('region', { name: title, exact: true }).innerText()
}

async function status(pool: string): Promise<number> {
  const answer = await fetch(`${host.proxy}/${pool}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
  await answer.text()
  return answer.status
}

test('without a pool there is one thing to do', async () => {
  await expect(page.getByText('No pools yet')).toBeVisible()
  await expectAccessible(page)
  await makePool('chat', 'openai', `${upstream.url}/v1`)
  await makePool('claude', 'anthropic', upstream.url)
  await makePool('gem', 'gemini', upstream.url)
  await expect(page.getByText('For the pool chat.')).toBeVisible()
})

test('a client’s token is shown once, fills the texts, and opens the proxy', async () => {
  await expect(page.getByText('Put a client token in place of YOUR_CLIENT_TOKEN.')).toBeVisible()
  await page.getByRole('button', { name: 'Make one' }).click()
  const sheet = page.getByRole('dialog', { name: 'New client' })
  await expect(sheet.getByRole('button', { name: 'Make the client' })).toBeDisabled()
  await sheet.getByRole('textbox', { name: 'Name' }).fill('terminal')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Token of “terminal”' })
  token = await dialog.getByText(/^kw_[\w-]{43}$/).innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByText('The token of “terminal” is filled in.')).toBeVisible()
  await expect(page.getByRole('row', { name: /terminal/ })).toContainText(`…${token.slice(-4)}`)
  expect(await status('chat')).toBe(200)
  await expect(page.getByRole('row', { name: /terminal/ })).toContainText('All pools')
})

test('the texts offered for copying run as they are', async () => {
  const folder = resolve('node_modules/.cache/keywheel-snippets')
  mkdirSync(folder, { recursive: true })
  for (const { pool, node } of [
    { pool: 'chat', node: 'OpenAI · Node' },
    { pool: 'claude', node: 'Anthropic · Node' },
    { pool: 'gem', node: 'Google · Node' },
  ]) {
    await choosePool(pool)
    const curl = await run('sh', ['-c', await textFor('curl', 'In a shell')])
    expect(JSON.parse(curl.stdout), `curl through ${pool}`).not.toHaveProperty('error')
    const file = resolve(folder, `${pool}.mjs`)
    writeFileSync(file, await textFor(node, 'In your program'))
    const sdk = await run(process.execPath, [file])
    expect(sdk.stdout.trim(), node).not.toBe('')
  }
  const { items } = (await host.rest('GET', '/requests?failed=true')).body as { items: unknown[] }
  expect(items).toEqual([])
})

test('command-line programs get the address their way: with a version, or without', async () => {
  await choosePool('claude')
  expect(await textFor('Claude Code', 'In a shell')).toContain(`ANTHROPIC_BASE_URL="${host.proxy}/claude"`)
  await choosePool('gem')
  expect(await textFor('Gemini CLI', 'In a shell')).toContain(`GOOGLE_GEMINI_BASE_URL="${host.proxy}/gem"`)
  await choosePool('chat')
  expect(await textFor('Codex', 'In ~/.codex/config.toml')).toContain(`base_url = "${host.proxy}/chat/v1"`)
  expect(await textFor('Codex', 'In a shell')).toContain(`KEYWHEEL_TOKEN="${token}"`)
})

test('a pool offers only the programs that speak its API, and says why', async () => {
  await choosePool('claude')
  await expect(page.getByRole('button', { name: 'Codex', exact: true })).toHaveCount(0)
  await expect(page.getByText(/Codex, .* speak another API than this pool\./)).toBeVisible()
})

test('a test request shows what came of it, good or bad', async () => {
  await choosePool('chat')
  const card = page.getByRole('region', { name: 'Test', exact: true })
  await card.getByRole('button', { name: 'Send a test request' }).click()
  await expect(card.getByText('It works')).toBeVisible()
  await expect(card).toContainText('chat key')
  await expectAccessible(page)
  upstream.script(secretOf('chat'), { kind: 'key-invalid' })
  await card.getByRole('textbox', { name: 'Model' }).fill('gpt-4o-mini')
  await card.getByRole('button', { name: 'Send a test request' }).click()
  await expect(card.getByText('It did not work')).toBeVisible()
  await expect(card).toContainText('401')
  await expectAccessible(page)
  await card.getByRole('link', { name: 'Show in Traffic' }).click()
  await expect(page.getByRole('dialog', { name: 'Request' })).toContainText('Key refused')
  await page.goBack()
})

test('with the proxy off it says so and offers the switch; the address stays the one it will have', async () => {
  await host.rest('POST', '/proxy/stop')
  await expect(page.getByText('The proxy is not running. This is the address it will have.')).toBeVisible()
  await page.getByRole('button', { name: 'Send a test request' }).click()
  await expect(page.getByText('Code PROXY_OFF')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('region', { name: 'Address' }).getByRole('button', { name: 'Turn it on' }).click()
  await expect(page.getByText('The proxy is not running. This is the address it will have.')).toHaveCount(0)
  expect((await host.rest('GET', '/proxy')).body).toMatchObject({ state: 'on' })
})

test('a draft says that programs cannot call it yet', async () => {
  await host.rest('POST', '/pools', { slug: 'later', provider: 'openai', baseUrl: `${upstream.url}/v1`, draft: true })
  await choosePool('later')
  const address = page.getByRole('region', { name: 'Address', exact: true })
  await expect(address).toContainText('later: Programs cannot call it yet')
  expect(await status('later')).toBe(404)
  await choosePool('chat')
  await expect(address).not.toContainText('Programs cannot call it yet')
})

test('the unified address asks for a model, and its texts run as they are', async () => {
  const made = (await host.rest('POST', '/clients', { name: 'unified' })).body as { token: string }
  await page.getByText('Any model, by its name').click()
  await expect(page.getByText('For any model: its name says which pool serves.')).toBeVisible()
  const model = page.getByRole('region', { name: 'Set up a program' }).getByRole('combobox', { name: 'Model' })
  await model.fill('gpt-4o-mini')
  await page.keyboard.press('Escape')
  await host.rest('POST', '/keys', { secret: secretOf('fresh'), label: 'fresh', pools: ['chat'] })
  const { url } = (await host.rest('GET', '/proxy')).body as { url: string }
  const curl = await textFor('curl', 'In a shell')
  expect(curl).toContain(`${url}/v1/chat/completions`)
  const { stdout } = await run('sh', ['-c', curl.replace('YOUR_CLIENT_TOKEN', made.token)])
  expect(JSON.parse(stdout)).not.toHaveProperty('error')
  expect(await textFor('Claude Code', 'In a shell')).toContain("export ANTHROPIC_MODEL='gpt-4o-mini'")
  expect(await textFor('Any command', 'In a shell')).toBe('keywheel run -- python app.py')
  await expect(page.getByText(/^It needs no token/)).toBeVisible()
})
