/** The Playground in a real browser: from nothing to an answer, fall-over as it happens, stopping, pictures, qualities, prompts, the drill. */
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Prompt, RequestRow } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage, openPalette } from './page.ts'

const secretOf = (name: string) => `sk-test-${name.padEnd(32, '0')}`
/** One dot. */
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let host: Host
let upstream: ScriptedUpstream
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  page = await openPage(browser, host, 'playground')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

const message = () => page.getByRole('textbox', { name: 'Message' })
const turns = () => page.getByRole('region', { name: 'What was said' })
const answer = () => turns().getByRole('article').last()
const choose = async (name: string, option: string) => {
  await page.getByRole('combobox', { name, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

test('from nothing: the demo pool in one click, then an answer with all that it took', async () => {
  await expect(page.getByText('Nothing to try yet')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Try the demo pool' }).click()
  await expect(page.getByRole('combobox', { name: 'Model', exact: true })).not.toHaveValue('')
  await message().fill('Good morning')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(answer()).toContainText('You wrote: “Good morning”')
  await expect(answer().getByRole('link', { name: /^demo (one|two|three)$/ })).toBeVisible()
  await answer().getByRole('link', { name: 'Show in Traffic' }).click()
  const drawer = page.getByRole('dialog', { name: 'Request' })
  await expect(drawer).toContainText('Playground')
  await page.keyboard.press('Escape')
  await expect(drawer).toHaveCount(0)
})

test('by keyboard: what was said is there again, keys that fail are told as they do, Escape stops', async () => {
  await host.rest('POST', '/pools', {
    slug: 'chat',
    name: 'Chat',
    provider: 'openai',
    baseUrl: `${upstream.url}/v1`,
    strategy: 'round_robin',
    config: { models: ['gpt-4o'] },
  })
  for (const name of ['one', 'two', 'three']) {
    await host.rest('POST', '/keys', { secret: secretOf(name), label: `work ${name}`, pools: ['chat'] })
  }
  upstream.script(secretOf('one'), { kind: 'rate-short', retryAfterS: 600 })
  upstream.script(secretOf('two'), { kind: 'key-invalid' })
  upstream.script(secretOf('three'), [
    { kind: 'ok', chunkDelayMs: 200, text: Array.from({ length: 300 }, (_, at) => `word${at}`).join(' ') },
    { kind: 'ok', text: 'Like this:\n\n```ts\nconst a = 1\n```\nThat is all.' },
  ])
  await page.keyboard.press('5')
  await expect(answer()).toContainText('Good morning')
  await choose('Pool', 'Chat')
  await expect(page.getByText('Ready in chat')).toBeVisible()
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('/')
  await page.keyboard.type('Count for me')
  await page.keyboard.press('Enter')
  const tries = answer().getByRole('list', { name: 'What could not serve' })
  await expect(tries.getByRole('listitem')).toHaveCount(2)
  await expect(tries).toContainText('Rate limit')
  await expect(tries).toContainText('Key refused')
  await expect(answer()).toContainText('word1')
  await expect(answer()).toContainText('work three answers · chat / gpt-4o')
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(answer()).toContainText('Stopped.')
  await expect(answer()).not.toContainText('word299')
  await expect
    .poll(async () => ((await host.rest('GET', '/requests?limit=1')).body as { items: RequestRow[] }).items[0]?.outcome)
    .toBe('aborted')
  await page.keyboard.type('Show me')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('code')
  await page.keyboard.press('Enter')
  await expect(answer().getByRole('region', { name: 'ts' })).toHaveText('const a = 1')
  await expect(answer().getByRole('link', { name: 'work three' })).toBeVisible()
  await expectAccessible(page)
})

test('pictures go along, a quality passes on to its next model, and without the proxy the mend is at hand', async () => {
  await host.rest('PATCH', '/settings', {
    quality: { draft: ['nobody-has-it', 'chat/gpt-4o'], standard: [], production: [], research: [] },
  })
  await page.getByText('Quality', { exact: true }).click()
  await expect(page.getByText('This quality has no models.')).toBeVisible()
  await choose('Quality', 'Draft')
  await expect(page.getByText('nobody-has-it → chat/gpt-4o')).toBeVisible()
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(picture, 'base64') })
  await expect(page.getByRole('button', { name: 'Remove picture 1' })).toBeVisible()
  await message().fill('What is it?')
  await page.keyboard.press('Control+Enter')
  await expect(answer().getByRole('list', { name: 'What could not serve' })).toContainText('nobody-has-it could not serve')
  await expect(answer().getByRole('link', { name: 'Show in Traffic' })).toBeVisible()
  const asked = JSON.parse(upstream.requests.at(-1)?.body ?? '') as { messages: { content: unknown }[] }
  expect(asked.messages.at(-1)?.content).toEqual([
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
  ])
  await host.rest('POST', '/proxy/stop')
  await page.getByRole('button', { name: 'Ask again' }).click()
  await expectAccessible(page)
  await answer().getByRole('button', { name: 'Turn it on' }).click()
  await expect.poll(async () => ((await host.rest('GET', '/proxy')).body as { state: string }).state).not.toBe('off')
  await page.getByRole('button', { name: 'Ask again' }).click()
  await expect(answer().getByRole('link', { name: 'Show in Traffic' })).toBeVisible()
})

test('what was tried becomes a prompt with variables, and a prompt is tried again', async () => {
  await page.getByText('Model', { exact: true }).first().click()
  await page.getByRole('button', { name: 'New conversation' }).click()
  await page.getByRole('textbox', { name: 'System prompt' }).fill('Answer in {{language}}')
  await message().fill('Greet {{who}}')
  await page.getByRole('textbox', { name: '{{language}}' }).fill('French')
  await page.getByRole('textbox', { name: '{{who}}' }).fill('my cat')
  await message().press('Enter')
  await expect(answer()).toContainText('Greet my cat')
  await expect(answer().getByRole('link', { name: 'Show in Traffic' })).toBeVisible()
  expect(upstream.requests.at(-1)?.body).toContain('Answer in French')
  await page.getByRole('button', { name: 'Save as prompt' }).click()
  const sheet = page.getByRole('dialog', { name: 'New prompt' })
  await expect(sheet.getByRole('textbox', { name: 'Message 2' })).toHaveValue('Greet {{who}}')
  await sheet.getByRole('textbox', { name: 'Name', exact: true }).fill('Greeting')
  await sheet.getByRole('button', { name: 'Save as draft' }).click()
  await expect
    .poll(async () => ((await host.rest('GET', '/prompts')).body as Prompt[]).map(({ slug }) => slug))
    .toEqual(['greeting'])
  await page.getByRole('dialog').getByRole('link', { name: 'Try it' }).click()
  await expect(message()).toHaveValue('Greet {{who}}')
  await expect(page.getByRole('combobox', { name: 'Pool', exact: true })).toHaveValue('Chat')
  await expect(page.getByRole('textbox', { name: '{{language}}' })).toHaveValue('')
})

test('the drill is found from anywhere, and its last report is there after a reload', async () => {
  await openPalette(page)
  await page.keyboard.type('fail-over')
  await page.keyboard.press('Enter')
  await choose('Pool', 'Chat')
  await page.getByRole('button', { name: 'Drill', exact: true }).click()
  const report = page.getByRole('table', { name: 'Fail-over drill of chat' })
  await expect(report.getByRole('row')).toHaveCount(8, { timeout: 30_000 })
  await page.reload()
  await expect(report.getByRole('row')).toHaveCount(8)
  await expect(page.getByRole('button', { name: 'Run it again' })).toBeVisible()
})
