/** The one port: who may hand it over, how long it lives, and what it survives. */

import { expect, test } from '../support/electron/test.ts'
import type { FrameFacts } from '../support/electron/wire.ts'
import { call, holdLine, isLineClosed, postRaw } from './line.ts'

test('the page talks over its port: the demo pool is made and listed, live data arrive', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  await page.getByRole('button', { name: 'Try the demo pool' }).click()
  await expect.poll(async () => (await call(page, '/pools/list')).body).toMatchObject([{ slug: 'demo' }])
  await expect(page.getByRole('switch', { name: 'Proxy on' })).toBeChecked()
  // Nobody asks in the page: the switch follows what the tray did.
  await shell.main('clickTray', 'Switch proxy off')
  await expect(page.getByRole('switch', { name: 'Proxy off' })).not.toBeChecked()
})

for (const by of ['page', 'program'] as const) {
  test(`a reload by the ${by} closes the old port, and a new one works`, async ({ start }) => {
    const shell = await start({ onPage: holdLine })
    const page = await shell.page()
    expect(await call(page, '/system/info')).toMatchObject({ status: 200, body: { shell: 'desktop' } })
    const reloaded = page.waitForEvent('load')
    if (by === 'page') await page.evaluate(() => location.reload())
    else await shell.main('reloadWindow')
    await reloaded
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    expect(await call(page, '/system/info')).toMatchObject({ status: 200, body: { shell: 'desktop' } })
    expect(shell.log()).not.toContain('refused')
  })
}

test('a second port, and one from a frame, are dropped by the preload; the first goes on working', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  await call(page, '/system/info')
  await page.evaluate(() => document.body.append(document.createElement('iframe')))
  const frame = page.frames().find((each) => each.parentFrame() !== null)
  const heard: string[] = []
  for (const [name, target] of Object.entries({ 'the page': page.mainFrame(), 'a frame': frame })) {
    const served = await target?.evaluate(async () => {
      const { port1, port2 } = new MessageChannel()
      let answered = false
      port1.addEventListener('message', () => (answered = true))
      port1.start()
      top?.postMessage('keywheel:port', '*', [port2])
      port1.postMessage(JSON.stringify({ i: '1', p: { u: '/pools/list' } }))
      await new Promise((resolve) => setTimeout(resolve, 300))
      return answered
    })
    if (served !== false) heard.push(name)
  }
  expect(heard).toEqual([])
  expect(await call(page, '/system/info')).toMatchObject({ status: 200 })
  expect(shell.log()).toBe('')
})

const strangers: Record<string, { frame: 'main' | FrameFacts | null; ports: number }> = {
  'a subframe of our page': { frame: { url: 'app://bundle/', isMain: false }, ports: 1 },
  'about:blank': { frame: { url: 'about:blank', isMain: true }, ports: 1 },
  'a frame that is gone': { frame: null, ports: 1 },
  'another origin': { frame: { url: 'https://evil.example/', isMain: true }, ports: 1 },
  'another host of our scheme': { frame: { url: 'app://evil/', isMain: true }, ports: 1 },
  'another main frame with our address': { frame: { url: 'app://bundle/', isMain: true }, ports: 1 },
  'our page without a port': { frame: 'main', ports: 0 },
  'our page with two ports': { frame: 'main', ports: 2 },
}

test('ports from strangers are refused and counted, and the page goes on', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  await call(page, '/system/info')
  let refused = 0
  for (const [name, { frame, ports }] of Object.entries(strangers)) {
    const ids = Array.from({ length: ports }, (_, index) => 1000 + refused * 10 + index)
    await shell.main('ipc', 1, { channel: 'keywheel:port', data: { json: null }, ports: ids, frame })
    refused += 1
    await expect.poll(() => shell.log(), name).toContain(`"refused":${refused},`)
  }
  expect(await call(page, '/system/info')).toMatchObject({ status: 200 })
})

test('messages that are no calls are dropped and counted, and the line goes on', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  const kinds = ['text', 'number', 'object', 'undefined', 'bytes', 'half'] as const
  for (const kind of kinds) await postRaw(page, kind)
  expect(await call(page, '/system/info')).toMatchObject({ status: 200 })
  await expect.poll(() => shell.log()).toContain(`"dropped":${kinds.length},`)
})

test('a refused navigation leaves the line as it was', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  await call(page, '/system/info')
  await page.evaluate(() => {
    location.href = 'https://evil.example/'
  })
  expect(await call(page, '/system/info')).toMatchObject({ status: 200 })
  expect(await isLineClosed(page)).toBe(false)
})

test('a page whose process died has lost its port; its successor gets a new one', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  await call(page, '/system/info')
  await shell.main('rendererGone', 1, 'crashed')
  await expect.poll(() => isLineClosed(page)).toBe(true)
  await page.reload()
  expect(await call(page, '/system/info')).toMatchObject({ status: 200 })
})
