/** What every acceptor must hold to, whatever it is made of. */
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Acceptor, Exchange } from '../../src-main/proxy/types.ts'
import { exchangeRaw, whole } from './wire.ts'

type MakeAcceptor = (onExchange: (exchange: Exchange) => void) => Acceptor

export function acceptorConformance(name: string, make: MakeAcceptor): void {
  describe(`acceptor: ${name}`, () => {
    let acceptor: Acceptor
    let port: number
    const listen = async (onExchange: (exchange: Exchange) => void) => {
      acceptor = make(onExchange)
      port = (await acceptor.listen(0)).port
    }
    const own = () => `Host: 127.0.0.1:${port}\r\n`
    afterEach(() => acceptor.close(100))

    test('hands over method, target and headers as they were sent', async () => {
      const seen: Exchange[] = []
      await listen((exchange) => {
        seen.push(exchange)
        exchange.head(204, [])
        exchange.end()
      })
      await exchangeRaw(port, `DELETE /a%2f?b=%20 HTTP/1.1\r\n${own()}X-One: 1\r\nx-one: 2\r\n\r\n`, (text) =>
        text.includes('\r\n\r\n'),
      )
      expect(seen[0]).toMatchObject({ method: 'DELETE', target: '/a%2f?b=%20', httpVersion: '1.1' })
      expect(seen[0]?.rawHeaders.slice(2)).toEqual(['X-One', '1', 'x-one', '2'])
      expect(seen[0]?.body.length).toBe(0)
      expect(['127.0.0.1', '::ffff:127.0.0.1']).toContain(seen[0]?.peer.address)
    })

    test('gives the body in order, with its length or without, and its end once', async () => {
      const heard: string[] = []
      await listen((exchange) => {
        let text = `${exchange.body.length} `
        exchange.body.start({
          data: (chunk) => (text += Buffer.from(chunk).toString()),
          end: () => {
            heard.push(text)
            exchange.head(200, ['content-length', '0'])
            exchange.end()
          },
          fail: (code) => heard.push(code),
        })
      })
      await exchangeRaw(port, `POST / HTTP/1.1\r\n${own()}Content-Length: 5\r\n\r\nhello`, whole)
      await exchangeRaw(
        port,
        `POST / HTTP/1.1\r\n${own()}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`,
        whole,
      )
      expect(heard).toEqual(['5 hello', 'null hello'])
    })

    test('a body that breaks off fails once, and the client is gone', async () => {
      const heard: string[] = []
      let gone: AbortSignal | undefined
      await listen((exchange) => {
        gone = exchange.gone
        exchange.body.start({ data: () => heard.push('data'), end: () => heard.push('end'), fail: (code) => heard.push(code) })
      })
      const socket = connect(port, '127.0.0.1')
      socket.write(`POST / HTTP/1.1\r\n${own()}Content-Length: 50\r\n\r\nhello`)
      await expect.poll(() => heard).toEqual(['data'])
      socket.destroy()
      await expect.poll(() => heard).toEqual(['data', 'CLIENT_GONE'])
      expect(gone?.aborted).toBe(true)
    })

    test('a chunk is the caller’s again once write has returned', async () => {
      await listen((exchange) => {
        exchange.head(200, ['content-length', '6'])
        const chunk = Buffer.from('abc')
        exchange.write(chunk)
        chunk.fill('x')
        exchange.write(Buffer.from('def'))
        exchange.end()
      })
      expect(await exchangeRaw(port, `GET / HTTP/1.1\r\n${own()}\r\n`, whole)).toMatch(/\r\n\r\nabcdef$/)
    })

    test('an aborted answer is cut, never complete', async () => {
      await listen((exchange) => {
        exchange.head(200, [])
        exchange.write(Buffer.from('half'))
        setImmediate(() => exchange.abort())
      })
      const text = await exchangeRaw(port, `GET / HTTP/1.1\r\n${own()}\r\n`)
      expect(text.endsWith('0\r\n\r\n')).toBe(false)
    })

    test('an answer that ended does not make its client gone', async () => {
      let gone: AbortSignal | undefined
      await listen((exchange) => {
        gone = exchange.gone
        exchange.head(200, ['content-length', '2'])
        exchange.write(Buffer.from('ok'))
        exchange.end()
      })
      await exchangeRaw(port, `GET / HTTP/1.1\r\n${own()}Connection: close\r\n\r\n`)
      expect(gone?.aborted).toBe(false)
    })

    test('write says when to wait, and drained when to go on, also when the client leaves', async () => {
      const steps: string[] = []
      await listen((exchange) => {
        exchange.head(200, [])
        // More than the kernel's buffers take.
        const chunk = Buffer.alloc(32 * 1024 * 1024)
        while (exchange.write(chunk));
        steps.push('full')
        void exchange.drained().then(() => {
          steps.push('drained')
          while (exchange.write(chunk));
          return exchange.drained().then(() => steps.push('over'))
        })
      })
      const socket = connect(port, '127.0.0.1')
      socket.write(`GET / HTTP/1.1\r\n${own()}\r\n`)
      socket.on('error', () => {}).pause()
      await expect.poll(() => steps).toEqual(['full'])
      socket.resume()
      await expect.poll(() => steps).toContain('drained')
      socket.destroy()
      await expect.poll(() => steps).toEqual(['full', 'drained', 'over'])
    })

    test('closing lets an answer end, and cuts what does not end in time', async () => {
      const open: Exchange[] = []
      await listen((exchange) => {
        open.push(exchange)
        exchange.head(200, ['content-length', '4'])
        exchange.write(Buffer.from('ha'))
      })
      const [one, two] = [0, 1].map(() => exchangeRaw(port, `GET / HTTP/1.1\r\n${own()}\r\n`))
      await expect.poll(() => open.length).toBe(2)
      const closed = acceptor.close(200)
      open[0]?.write(Buffer.from('lf'))
      open[0]?.end()
      const texts = await Promise.all([one, two])
      await closed
      expect(texts.filter((text) => text?.endsWith('half'))).toHaveLength(1)
      await expect.poll(() => open.filter((exchange) => exchange.gone.aborted).length).toBe(1)
    })
  })
}
