/** What every acceptor and every forwarder must hold to, whatever it is made of. */
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Acceptor, AttemptSink, BodyReader, Exchange, Forwarder, UpstreamAttempt } from '../../src-main/proxy/types.ts'
import { exchangeRaw, type RawUpstream, rawAnswer, startRawUpstream, whole } from './wire.ts'

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

type Event = 'sent' | 'end' | `head ${number}` | `data ${string}` | `fail ${string} ${string}`

/** Writes down what an attempt tells, and checks the order of it. */
class Witness implements AttemptSink {
  readonly events: Event[] = []
  readonly over: Promise<void>
  running = false
  take: (chunk: Uint8Array) => boolean = () => true
  #finish: () => void = () => {}

  constructor() {
    this.over = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  sent(): void {
    this.events.push('sent')
  }

  head(status: number): void {
    this.events.push(`head ${status}`)
  }

  data(chunk: Uint8Array): boolean {
    this.events.push(`data ${Buffer.from(chunk).toString('latin1')}`)
    return this.take(chunk)
  }

  end(): void {
    this.#last('end')
  }

  fail({ stage, code }: { stage: string; code: string }): void {
    if (typeof code !== 'string') throw new TypeError('the code of a failure is a word')
    this.#last(`fail ${stage} ${code}`)
  }

  #last(event: Event): void {
    if (!this.running) throw new Error('told during the call that started the attempt')
    if (this.events.some((one) => one === 'end' || one.startsWith('fail'))) throw new Error('told its end twice')
    this.events.push(event)
    this.#finish()
  }
}

export function forwarderConformance(name: string, make: () => Forwarder): void {
  describe(`forwarder: ${name}`, () => {
    let forwarder: Forwarder
    let upstream: RawUpstream
    const limits = { connectMs: 1000, firstByteMs: 1000, idleMs: 1000, totalMs: null }
    const start = async (answer: Parameters<typeof startRawUpstream>[0]) => {
      upstream = await startRawUpstream(answer)
      forwarder = make()
    }
    const send = (attempt: Partial<UpstreamAttempt> = {}, witness = new Witness()) => {
      const running = forwarder.send(
        { origin: upstream.url, method: 'GET', path: '/', headers: [], body: null, limits, ...attempt },
        witness,
      )
      witness.running = true
      return { witness, running }
    }
    afterEach(async () => {
      await forwarder.close()
      await upstream.close()
    })

    test('sends what it is given, and tells head, data and end in order', async () => {
      await start((socket) => socket.write(rawAnswer('201 Made', '', 'body')))
      const { witness } = send({
        method: 'PUT',
        path: '/a?b=%20',
        headers: ['X-Two', '1', 'x-two', '2', 'content-length', '2'],
        body: Buffer.from('hi'),
      })
      await witness.over
      expect(witness.events).toEqual(['sent', 'head 201', 'data body', 'end'])
      expect(upstream.heard[0]).toMatch(/^PUT \/a\?b=%20 HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/)
      expect(upstream.heard[0]).toMatch(/X-Two: 1\r\nx-two: 2\r\n[\s\S]*\r\n\r\nhi$/)
    })

    test('a redirect is an answer like any other', async () => {
      await start((socket) => socket.write(rawAnswer('302 Found', 'Location: /elsewhere\r\n')))
      const { witness } = send()
      await witness.over
      expect(witness.events).toEqual(['sent', 'head 302', 'end'])
      expect(upstream.heard.join('').match(/^GET/gm)).toHaveLength(1)
    })

    test('streams a body as it comes', async () => {
      await start(() => {})
      let sink: Parameters<BodyReader['start']>[0] | undefined
      const body: BodyReader = { length: null, start: (to) => (sink = to), pause: () => {}, resume: () => {} }
      const { witness, running } = send({ method: 'POST', body })
      await expect.poll(() => sink).toBeDefined()
      const piece = Buffer.from('one')
      sink?.data(piece)
      piece.fill('x')
      await expect.poll(() => upstream.heard[0]).toContain('3\r\none')
      expect(witness.events).toEqual([])
      sink?.data(Buffer.from('two'))
      sink?.end()
      await expect.poll(() => upstream.heard[0]).toMatch(/two\r\n0\r\n\r\n$/)
      running.abort()
      await witness.over
    })

    test('a body that fails fails the attempt, and the upstream never sees a whole one', async () => {
      await start(() => {})
      let sink: Parameters<BodyReader['start']>[0] | undefined
      const body: BodyReader = { length: 10, start: (to) => (sink = to), pause: () => {}, resume: () => {} }
      const { witness } = send({ method: 'POST', body, headers: ['content-length', '10'] })
      await expect.poll(() => sink).toBeDefined()
      sink?.data(Buffer.from('one'))
      await expect.poll(() => upstream.heard[0]).toContain('one')
      sink?.fail('CLIENT_GONE')
      await witness.over
      expect(witness.events).toEqual(['fail sending CLIENT_GONE'])
    })

    test('nobody there: fails in the connect stage', async () => {
      await start(() => {})
      const { witness } = send({ origin: 'http://127.0.0.1:9' })
      await witness.over
      expect(witness.events).toEqual(['fail connect ECONNREFUSED'])
    })

    test('a request that cannot be written fails, and not during the call', async () => {
      await start(() => {})
      const { witness } = send({ path: '/a b' })
      await witness.over
      expect(witness.events[0]).toMatch(/^fail connect /)
    })

    test('no answer: fails waiting, after its time', async () => {
      await start(() => {})
      const { witness } = send({ limits: { ...limits, firstByteMs: 100 } })
      await witness.over
      expect(witness.events).toEqual(['sent', 'fail waiting UND_ERR_HEADERS_TIMEOUT'])
    })

    test('a broken answer: fails in the body, after what came of it', async () => {
      await start((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
      const { witness } = send()
      await witness.over
      expect(witness.events.slice(0, 3)).toEqual(['sent', 'head 200', 'data half'])
      expect(witness.events[3]).toMatch(/^fail body /)
    })

    test('the whole time is limited, where a limit is given', async () => {
      await start((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        const drip = setInterval(() => socket.write('1\r\nx\r\n'), 20)
        socket.on('close', () => clearInterval(drip))
      })
      const { witness } = send({ limits: { ...limits, totalMs: 150 } })
      await witness.over
      expect(witness.events.at(-1)).toBe('fail body UPSTREAM_TOTAL_TIMEOUT')
    })

    test('aborting ends it once, in every stage, also before it was sent', async () => {
      await start(() => {})
      const early = send()
      early.running.abort()
      early.running.abort()
      await early.witness.over
      expect(early.witness.events.at(-1)).toMatch(/^fail \w+ ABORTED$/)
      const waiting = send()
      await expect.poll(() => waiting.witness.events).toEqual(['sent'])
      waiting.running.abort()
      await waiting.witness.over
      expect(waiting.witness.events).toEqual(['sent', 'fail waiting ABORTED'])
    })

    test('pauses when told to, and goes on', async () => {
      const size = 8 * 1024 * 1024
      await start((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
        socket.write(Buffer.alloc(size))
      })
      const witness = new Witness()
      let bytes = 0
      witness.take = (chunk) => {
        bytes += chunk.byteLength
        return false
      }
      const { running } = send({}, witness)
      await expect.poll(() => bytes).toBeGreaterThan(0)
      const paused = bytes
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(bytes).toBe(paused)
      witness.take = (chunk) => {
        bytes += chunk.byteLength
        return true
      }
      running.resume()
      await witness.over
      expect(bytes).toBe(size)
    })

    test('hints before the answer are not the answer', async () => {
      await start((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${rawAnswer('200 OK', '', 'ok')}`))
      const { witness } = send()
      await witness.over
      expect(witness.events).toEqual(['sent', 'head 200', 'data ok', 'end'])
    })

    test('connections are kept and used again', async () => {
      await start((socket) => socket.write(rawAnswer('200 OK', '', 'ok')))
      for (let i = 0; i < 3; i++) {
        await send().witness.over
        // The next turn of the event loop: not before that is a connection known to be clean.
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      expect(upstream.heard).toHaveLength(1)
    })
  })
}
