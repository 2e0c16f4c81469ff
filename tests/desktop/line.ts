/** The page's own line to the program, in the test's hands: the port that it passed to its preload. */
import type { BrowserContext, Page } from '@playwright/test'

interface Held {
  keywheelLine?: { port: MessagePort; heard: Map<string, unknown>; closed: boolean }
}

/** For `onPage`: keeps the port whose other end the page hands over. */
export async function holdLine(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const channels: MessageChannel[] = []
    const held = window as Window & Held
    const Original = MessageChannel
    window.MessageChannel = class extends Original {
      constructor() {
        super()
        channels.push(this)
      }
    }
    const post = window.postMessage.bind(window) as (message: unknown, target: string, transfer: Transferable[]) => void
    window.postMessage = ((message: unknown, target: string, transfer: Transferable[] = []) => {
      const port = channels.find(({ port2 }) => port2 === transfer[0])?.port1
      if (port && !held.keywheelLine) {
        const line = { port, heard: new Map<string, unknown>(), closed: false }
        held.keywheelLine = line
        port.addEventListener('close', () => (line.closed = true))
        port.addEventListener('message', ({ data }: MessageEvent<string>) => {
          const answer = JSON.parse(data) as { i: string; p: { b?: unknown } }
          line.heard.set(answer.i, answer.p)
        })
      }
      post(message, target, transfer)
    }) as typeof window.postMessage
  })
}

/** A call as the page makes it; gives back oRPC's answer: `s` = status (absent = 200), `b` = body. */
export async function call(page: Page, path: `/${string}`, input?: unknown): Promise<{ status: number; body: unknown }> {
  const id = `test-${Math.random()}`
  await page.waitForFunction(() => (window as Window & Held).keywheelLine)
  await page.evaluate(
    ([i, u, json]) => {
      const line = (window as Window & Held).keywheelLine
      if (!line) throw new Error('the page has no line')
      line.port.postMessage(
        JSON.stringify({ i, p: { u, b: json === undefined ? undefined : { json: JSON.parse(json) as unknown } } }),
      )
    },
    [id, path, input === undefined ? undefined : JSON.stringify(input)] as const,
  )
  const handle = await page.waitForFunction((i) => (window as Window & Held).keywheelLine?.heard.get(i), id)
  const answer = (await handle.jsonValue()) as { s?: number; b?: { json?: unknown } }
  return { status: answer.s ?? 200, body: answer.b?.json }
}

/** Posts anything at all on the line. */
export async function postRaw(page: Page, kind: 'text' | 'number' | 'object' | 'undefined' | 'bytes' | 'half'): Promise<void> {
  await page.waitForFunction(() => (window as Window & Held).keywheelLine)
  await page.evaluate((what) => {
    const messages = {
      text: 'no JSON at all',
      number: 42,
      object: { i: '1', p: { u: '/pools/list' } },
      undefined,
      bytes: new Uint8Array([1, 2, 255]),
      half: '{"i":"x","p":{"u":"/pools/../vault","b":',
    }
    ;(window as Window & Held).keywheelLine?.port.postMessage(messages[what])
  }, kind)
}

export const isLineClosed = (page: Page) => page.evaluate(() => (window as Window & Held).keywheelLine?.closed)
