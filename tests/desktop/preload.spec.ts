/** The built preload, run with an `electron` that writes down what is done with it. */
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, test } from '../support/electron/test.ts'

type Listener = (event: { source: unknown; data: unknown; ports: unknown[] }) => void

function runPreload() {
  const used: string[] = []
  const posted: unknown[][] = []
  const listeners: Listener[] = []
  const record = (name: string, model: Record<string, unknown>): object =>
    new Proxy(model, {
      get(target, property: string) {
        used.push(`${name}.${property}`)
        return target[property]
      },
    })
  const ipcRenderer = record('ipcRenderer', { postMessage: (...args: unknown[]) => void posted.push(args) })
  const electron = record('electron', { ipcRenderer })
  const window = { addEventListener: (event: string, listener: Listener) => event === 'message' && listeners.push(listener) }
  const loaded: string[] = []
  const globals: Record<string, unknown> = {
    window,
    require: (name: string) => (loaded.push(name), electron),
    module: { exports: {} },
    exports: {},
  }
  const before = Object.keys(globals)
  runInNewContext(`(() => {${readFileSync('out/preload/index.cjs', 'utf8')}\n})()`, globals)
  const send: Listener = (event) => listeners.forEach((listener) => listener(event))
  return { used, posted, loaded, window, send, listeners, added: Object.keys(globals).filter((name) => !before.includes(name)) }
}

test('it loads electron only, listens once, and exposes nothing', () => {
  const { used, loaded, listeners, added, window } = runPreload()
  expect(loaded).toEqual(['electron'])
  expect(used.filter((name) => name !== 'electron.ipcRenderer')).toEqual([])
  expect(listeners).toHaveLength(1)
  expect(added).toEqual([])
  expect(Object.keys(window)).toEqual(['addEventListener'])
})

test('it passes one port on, and only from its own window', () => {
  const { posted, send, window, used } = runPreload()
  const port = { name: 'the port' }
  const refused = [
    { source: {}, data: 'keywheel:port', ports: [port] },
    { source: null, data: 'keywheel:port', ports: [port] },
    { source: window, data: 'other', ports: [port] },
    { source: window, data: { toString: () => 'keywheel:port' }, ports: [port] },
    { source: window, data: 'keywheel:port', ports: [] },
    { source: window, data: 'keywheel:port', ports: [port, port] },
  ]
  for (const event of refused) send(event)
  expect(posted).toEqual([])
  send({ source: window, data: 'keywheel:port', ports: [port] })
  expect(posted).toEqual([['keywheel:port', null, [port]]])
  send({ source: window, data: 'keywheel:port', ports: [{ name: 'a second one' }] })
  expect(posted).toHaveLength(1)
  expect(new Set(used)).toEqual(new Set(['electron.ipcRenderer', 'ipcRenderer.postMessage']))
})

test('in a real page it adds no name to the window', async ({ start, browser }) => {
  const shell = await start()
  const page = await shell.page()
  const plain = await browser.newPage()
  const names = () => Object.getOwnPropertyNames(window)
  const known = new Set(await plain.evaluate(names))
  await plain.close()
  const added = (await page.evaluate(names)).filter((name) => !known.has(name))
  expect(
    added.filter((name) => /^(electron.*|ipc.*|require|process|module|exports|Buffer|global|keywheel.*)$/i.test(name)),
  ).toEqual([])
})
