/** Programs that ask for a token, in a real browser: seen at once, approved or denied once, and what came of it. */
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Client } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage, openPalette } from './page.ts'

let host: Host
let upstream: ScriptedUpstream
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  for (const slug of ['chat', 'claude'])
    await host.rest('POST', '/pools', { slug, name: slug, provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await host.rest('POST', '/keys', { secret: `sk-test-${'a'.repeat(32)}`, label: 'one', pools: ['chat', 'claude'] })
  page = await openPage(browser, host, 'keys')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

interface Asked {
  code: string
  poll: string
}

async function ask(name: string, pools?: string[]): Promise<Asked> {
  const answer = await fetch(`${host.proxy}/connect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, ...(pools && { pools }) }),
  })
  expect(answer.status).toBe(202)
  return (await answer.json()) as Asked
}

async function poll({ poll: path }: Asked): Promise<{ status: number; body: { token?: string; name?: string } }> {
  const answer = await fetch(new URL(path, host.proxy ?? ''))
  return { status: answer.status, body: (await answer.json()) as { token?: string } }
}

const card = (name: string) => page.getByRole('article', { name: `“${name}” asks for a token` })
const history = () => page.getByRole('table', { name: 'Programs that asked' })

test('whoever asks is seen from every place, without being asked for', async () => {
  const link = page.getByRole('link', { name: /^Connect/ })
  await expect(link).not.toContainText('asks for a token')
  const asked = await ask('helper', ['chat', 'claude'])
  await expect(link).toContainText('1 program asks for a token')
  await openPalette(page)
  await page.keyboard.type('programs that ask')
  await page.keyboard.press('Enter')
  await expect(card('helper')).toContainText(asked.code)
  await expect(card('helper')).toContainText('From 127.0.0.1')
  await expect(card('helper')).toContainText('Wants the pools chat and claude')
  await expect(card('helper')).toContainText(/9m \d+s left/)
})

test('approved with less than it asked for, it gets its token once', async () => {
  const asked = await ask('narrow', ['chat', 'claude'])
  await card('narrow').getByRole('button', { name: 'Approve narrow' }).click()
  const dialog = page.getByRole('dialog', { name: 'Approve “narrow”' })
  await expect(dialog).toContainText(asked.code)
  await dialog.getByRole('combobox', { name: 'Pools' }).press('Backspace')
  await dialog.getByRole('button', { name: 'Add a quota' }).click()
  await dialog.getByRole('textbox', { name: 'Quota 1: credits' }).fill('7')
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click()
  await expect(page.getByText('“narrow” is approved; it fetches its token now.')).toBeVisible()
  await expect(history().getByRole('row', { name: /narrow/ })).toContainText('Approved')
  const { status, body } = await poll(asked)
  expect(status).toBe(200)
  const call = await fetch(`${host.proxy}/chat/models`, { headers: { authorization: `Bearer ${body.token}` } })
  expect([call.status, call.headers.get('x-ratelimit-limit')]).toEqual([200, '7'])
  await call.arrayBuffer()
  expect((await poll(asked)).status).toBe(410)
  await expect(history().getByRole('row', { name: /narrow/ })).toContainText('Connected')
  expect((await host.rest('GET', '/clients')).body).toMatchObject([{ name: 'narrow', pools: ['chat'] }])
  await expectAccessible(page)
})

test('denied by keyboard, it is told so, and the mark goes', async () => {
  const asked = await ask('stranger')
  await expect(card('stranger')).toContainText('Wants all pools')
  await card('stranger').getByRole('button', { name: 'Deny stranger' }).focus()
  await page.keyboard.press('Enter')
  await expect(card('stranger')).toHaveCount(0)
  expect((await poll(asked)).status).toBe(403)
  await expect(history().getByRole('row', { name: /stranger/ })).toContainText('Denied')
  await card('helper').getByRole('button', { name: 'Deny helper' }).click()
  await expect(page.getByRole('link', { name: /^Connect/ })).not.toContainText('asks for a token')
})

test('from its request one comes to its client, and sees when that is revoked', async () => {
  const row = history().getByRole('row', { name: /narrow/ })
  await row.getByRole('button', { name: 'Client narrow' }).click()
  const sheet = page.getByRole('dialog', { name: 'Client “narrow”' })
  await expect(sheet).toBeVisible()
  const [client] = (await host.rest('GET', '/clients')).body as Client[]
  await host.rest('POST', `/clients/${client?.id}/revoke`)
  await page.keyboard.press('Escape')
  await expect(row).toContainText('the client is revoked')
})

test('in Chinese, too', async () => {
  await ask('终端')
  await host.rest('PATCH', '/settings', { language: 'zh' })
  await expect(page.getByRole('article', { name: '“终端”请求一个令牌' })).toBeVisible()
  await page.getByRole('button', { name: '批准 终端' }).click()
  await expect(page.getByRole('dialog', { name: '批准“终端”' })).toBeVisible()
  await page.keyboard.press('Escape')
  await host.rest('PATCH', '/settings', { language: 'en' })
})

test('switched off in Settings, nobody can ask', async () => {
  await page.goto(`${new URL(host.ui).origin}/#/settings?section=proxy`)
  await page.getByRole('switch', { name: 'Programs may ask for a token' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('You have unsaved changes.')).toHaveCount(0)
  const answer = await fetch(`${host.proxy}/connect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"late"}',
  })
  expect(answer.status).toBe(404)
})
