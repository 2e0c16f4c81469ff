/** The main job, as a newcomer does it in a browser, with curl and the OpenAI SDK as the programs that call. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, type Page, test } from '@playwright/test'
import OpenAI from 'openai'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type Host, startHost } from '../support/host.ts'

const secrets = ['a', 'b', 'c'].map((name) => `sk-proj-${name.repeat(32)}`)
const passphrase = 'six words are better than one'

let host: Host
let upstream: ScriptedUpstream

test.beforeAll(async () => {
  upstream = await startScriptedUpstream()
  host = await startHost()
})
test.afterAll(async () => {
  await host.stop()
  await upstream.close()
})

test('keys in, a proxied call out, usage on the screen; export, wipe, import', async ({ page }) => {
  const violations = watchPolicy(page)
  await page.goto(host.ui)
  let token = ''

  await test.step('Welcome: the demo pool needs no lock', async () => {
    await page.getByRole('button', { name: 'Try the demo pool' }).click()
    await expect(page.getByText('3 keys in Demo')).toBeVisible()
  })

  await test.step('Welcome: lock by passphrase', async () => {
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase)
    await page.getByLabel('Repeat the passphrase').fill(passphrase)
    await page.getByRole('button', { name: 'Lock keys this way' }).click()
    await expect(page.getByText('Keys are locked by: Passphrase')).toBeVisible()
  })

  await test.step('an own pool with three keys', async () => {
    await page.goto(`${new URL(host.ui).origin}/#/keys`)
    await page.getByRole('button', { name: 'Add keys' }).first().click()
    const sheet = page.getByRole('dialog')
    await sheet
      .getByLabel('Keys')
      .first()
      .fill(`${secrets.join('\n')}\nnot a key`)
    await expect(sheet.getByText('3 new')).toBeVisible()
    await expect(sheet.getByText('1 not usable')).toBeVisible()
    await sheet.getByLabel('Name of the new pool').fill('mine')
    await sheet.getByLabel('Base URL').fill(`${upstream.url}/v1`)
    await sheet.getByRole('button', { name: 'Add 3 keys' }).click()
    await expect(page.getByText('Checked: 3 work, 0 do not.')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(sheet).toBeHidden()
    await expect(page.getByRole('button', { name: /mine/ }).first()).toBeVisible()
  })

  await test.step('proxy off and on', async () => {
    const toggle = page.getByRole('switch').first()
    await expect(toggle).toBeChecked()
    await toggle.press('Space')
    await expect(toggle).not.toBeChecked()
    await expect(page.getByText('Proxy off').first()).toBeVisible()
    await toggle.press('Space')
    await expect(page.getByText(/Proxy on/).first()).toBeVisible()
  })

  await test.step('a client of its own for the program', async () => {
    await page.goto(`${new URL(host.ui).origin}/#/connect`)
    await page.getByRole('button', { name: 'New client' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('terminal')
    await page.getByRole('button', { name: 'Make the client' }).click()
    token =
      (await page
        .getByText(/^kw_[\w-]{43}$/)
        .first()
        .textContent()) ?? ''
    expect(token).toMatch(/^kw_/)
    await page.keyboard.press('Escape')
  })

  const { url } = (await host.rest('GET', '/proxy')).body as { url: string }
  await test.step('curl and the OpenAI SDK, one of them after a 429 on another key', async () => {
    const curl = await promisify(execFile)('curl', ['-s', `${url}/mine/models`, '-H', `Authorization: Bearer ${token}`])
    expect(JSON.parse(curl.stdout)).toMatchObject({ object: 'list' })

    // Whichever key comes next is limited once.
    for (const secret of secrets) upstream.script(secret, [{ kind: 'ok' }])
    const next = secrets[1] ?? ''
    upstream.script(next, [{ kind: 'rate-short', retryAfterS: 60 }, { kind: 'ok' }])
    const openai = new OpenAI({ baseURL: `${url}/mine`, apiKey: token, maxRetries: 0 })
    const answers = []
    for (let n = 0; n < 3; n += 1) {
      answers.push(
        await openai.chat.completions
          .create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: `hello ${n}` }] })
          .withResponse(),
      )
    }
    expect(answers.map(({ response }) => Number(response.headers.get('x-keywheel-attempts'))).toSorted((a, b) => a - b)).toEqual([
      1, 1, 2,
    ])
  })

  await test.step('Overview and Traffic show exactly those calls', async () => {
    await page.goto(`${new URL(host.ui).origin}/#/overview`)
    const figures = page.getByLabel('Figures')
    await expect(figures.getByText('100% OK')).toBeVisible()
    const rows = (await host.rest('GET', '/requests?pool=mine')).body as {
      items: { attempts: unknown[]; inputTokens: number | null }[]
    }
    expect(rows.items.map(({ attempts }) => attempts.length).toSorted((a, b) => a - b)).toEqual([1, 1, 1, 2])
    expect(rows.items.filter(({ inputTokens }) => inputTokens !== null)).toHaveLength(3)
    await page.goto(`${new URL(host.ui).origin}/#/traffic`)
    await expect(page.getByText('gpt-4o-mini')).toHaveCount(3)
    await page
      .getByRole('button', { name: /2 tries/ })
      .or(page.getByLabel(/2 tries/))
      .first()
      .click()
    await expect(page.getByText(/429/).first()).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('export, wipe, import restores the pools', async () => {
    const before = (await host.rest('GET', '/pools')).body as { slug: string }[]
    await page.goto(`${new URL(host.ui).origin}/#/settings`)
    await page
      .getByRole('tab', { name: 'Data' })
      .or(page.getByRole('button', { name: 'Data' }))
      .first()
      .click()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: /^Export/ }).click()
    const file = await (await download).path()
    expect(await readFile(file, 'utf8')).not.toContain(secrets[0])
    await page
      .getByRole('button', { name: /Erase everything/ })
      .first()
      .click()
    await page.getByRole('dialog').getByRole('textbox').fill('erase everything')
    await page.getByRole('dialog').getByRole('button', { name: /Erase/ }).click()
    await expect.poll(async () => (await host.rest('GET', '/pools')).body).toEqual([])
    await page.goto(`${new URL(host.ui).origin}/#/settings`)
    await page
      .getByRole('tab', { name: 'Data' })
      .or(page.getByRole('button', { name: 'Data' }))
      .first()
      .click()
    await page.locator('input[type=file]').first().setInputFiles(file)
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect
      .poll(async () => ((await host.rest('GET', '/pools')).body as { slug: string }[]).map(({ slug }) => slug))
      .toEqual(before.map(({ slug }) => slug))
  })

  expect(violations).toEqual([])
})

/** Collects what the page's policy refused and what its script threw. */
function watchPolicy(page: Page): string[] {
  const seen: string[] = []
  page.on('pageerror', (error) => seen.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content.Security.Policy|Refused to/.test(message.text())) seen.push(message.text())
  })
  return seen
}
