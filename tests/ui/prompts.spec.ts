/** Prompts in a real browser: written, published, called, changed, retired, deleted. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ClientCreated, Prompt } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

const run = promisify(execFile)

let host: Host
let upstream: ScriptedUpstream
let page: Page
let token = ''

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'chat', name: 'Chat', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await host.rest('POST', '/keys', { secret: `sk-test-${'p'.repeat(32)}`, label: 'one', pools: ['chat'] })
  token = ((await host.rest('POST', '/clients', { name: 'laptop' })).body as ClientCreated).token
  page = await openPage(browser, host, 'connect?tab=prompts')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

const prompts = async () => (await host.rest('GET', '/prompts')).body as Prompt[]
const sheet = () => page.getByRole('dialog', { name: /prompt/i })
const field = (name: string | RegExp) => sheet().getByRole('textbox', { name, exact: typeof name === 'string' })
const list = () => page.getByRole('table', { name: 'Prompts' })

async function call(slug: string, body: unknown): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${host.proxy}/prompts/${slug}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, text: await answer.text() }
}

test('a prompt is written; its variables are those of its messages', async () => {
  await expect(page.getByText(/^No prompt yet\. Write one with \{\{variables\}\} in it/)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'New prompt' }).click()
  await expect(sheet().getByRole('button', { name: 'Save as draft' })).toBeDisabled()
  await field('Name').fill('Summary')
  await expect(field('Path')).toHaveValue('summary')
  await sheet().getByRole('combobox', { name: 'Model', exact: true }).fill('gpt-4o-mini')
  await field('Message 1').fill('Summarise {{text}} for {{ audience }}')
  const variables = sheet().getByRole('table', { name: 'Variables' })
  await expect(variables.getByRole('row')).toHaveCount(3)
  await field('Default of audience').fill('busy people')
  await field('Description of text').fill('What is to be read')
  await field('Temperature').fill('3')
  await expect(sheet().getByText(/Too big/)).toBeVisible()
  await expect(sheet().getByRole('button', { name: 'Save as draft' })).toBeDisabled()
  await field('Temperature').fill('0.3')
  await sheet().getByRole('button', { name: 'Add a message' }).click()
  await field('Message 2').fill('Sure.')
  await sheet().getByRole('button', { name: 'Remove message 2' }).click()
  await sheet().getByRole('button', { name: 'Save as draft' }).click()
  await expect(sheet().getByText('Nobody can call this prompt before it is published.')).toBeVisible()
  expect(await prompts()).toMatchObject([
    {
      slug: 'summary',
      state: 'draft',
      version: 1,
      variables: [
        { name: 'text', description: 'What is to be read', default: null },
        { name: 'audience', default: 'busy people' },
      ],
      parameters: { temperature: 0.3 },
    },
  ])
  expect((await call('summary', { variables: { text: 'it' } })).status).toBe(404)
})

test('published, it answers, and the text for copying runs as it is', async () => {
  await sheet().getByRole('button', { name: 'Publish version 1' }).click()
  await expect(sheet().getByText('Programs can call it.')).toBeVisible()
  expect((await call('summary', { variables: { text: 'it' } })).status).toBe(200)
  await sheet().getByRole('tab', { name: 'Call' }).click()
  const curl = await sheet().getByRole('region', { name: 'In a shell' }).innerText()
  const { stdout } = await run('sh', ['-c', curl.replace('YOUR_CLIENT_TOKEN', token)])
  expect(JSON.parse(stdout)).not.toHaveProperty('error')
  await sheet().getByRole('tab', { name: 'Write' }).click()
})

test('a change is a new version, which nobody gets before it is published; older ones can be again', async () => {
  await field('Message 1').fill('Summarise {{text}} in {{sentences}} sentences')
  await expect(sheet().getByRole('button', { name: 'Retire…' })).toBeVisible()
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved as version 2.')).toBeVisible()
  await expect(sheet().getByText('Version 2 is not published: callers get 1.')).toBeVisible()
  expect((await call('summary', { variables: { text: 'it' } })).status).toBe(200)
  await sheet().getByRole('tab', { name: 'Versions' }).click()
  await expect(sheet().getByRole('region', { name: 'Version 1', exact: true })).toContainText('published')
  await sheet().getByRole('region', { name: 'Version 2', exact: true }).getByRole('button', { name: 'Publish version 2' }).click()
  await expect(page.getByText('Version 2 of “Summary” is what callers get now.')).toBeVisible()
  expect((await call('summary', { variables: { text: 'it' } })).status).toBe(400)
  await sheet().getByRole('region', { name: 'Version 1', exact: true }).getByRole('button', { name: 'Publish version 1' }).click()
  await expect(sheet().getByText('Version 2 is not published: callers get 1.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(sheet()).toHaveCount(0)
  await expect(list().getByRole('row', { name: /Summary/ })).toContainText('1 published, 2 is newer')
})

test('a name that is taken is refused at the field, and leaving asks first', async () => {
  await page.getByRole('button', { name: 'New prompt' }).click()
  await field('Name').fill('Summary')
  await sheet().getByRole('combobox', { name: 'Model', exact: true }).fill('gpt-4o')
  await field('Message 1').fill('Hello')
  await sheet().getByRole('button', { name: 'Save as draft' }).click()
  await expect(sheet().getByText('Another prompt has this name already.')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Go on editing' }).click()
  await field('Name').fill('Short summary')
  await field('Path').fill('short')
  await sheet().getByRole('button', { name: 'Save as draft' }).click()
  await expect(page.getByText(/^Prompt “Short summary” is saved as a draft/)).toBeVisible()
  await page.keyboard.press('Escape')
})

test('a retired prompt tells its callers where to go', async () => {
  await page.getByRole('button', { name: 'Prompt Summary', exact: true }).click()
  await sheet().getByRole('button', { name: 'Retire…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Retire “Summary”' })
  await dialog.getByRole('combobox', { name: 'Successor' }).click()
  await page.getByRole('option', { name: /Short summary/ }).click()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Retire', exact: true }).click()
  await expect(page.getByText('Callers are told that it is retired, and to use “short”.')).toBeVisible()
  const { status, text } = await call('summary', { variables: { text: 'it' } })
  expect(status).toBe(410)
  expect(text).toContain('short')
})

test('deleting asks, because it cannot be undone', async () => {
  await sheet().getByRole('button', { name: 'Delete…' }).click()
  const ask = page.getByRole('dialog').filter({ hasText: 'all its versions are deleted' })
  await ask.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText('Prompt “Summary” is deleted.')).toBeVisible()
  await expect(list().getByRole('row', { name: /Prompt Summary/ })).toHaveCount(0)
  expect((await prompts()).map(({ slug }) => slug)).toEqual(['short'])
})
