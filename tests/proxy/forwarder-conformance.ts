/** What every forwarder must hold to, whatever it is made of and by whatever way it goes. */
import { afterEach, describe, expect, test } from 'vitest'
import type { BodyReader, Forwarder, UpstreamAttempt, Way } from '../../src-main/proxy/types.ts'
import { type Heard, type Kind, type Reply, type StagedUpstream, startStagedUpstream } from './staged-upstream.ts'
import { Witness } from './witness.ts'

/** A way to an upstream. */
export interface Carrier {
  make(): Forwarder
  kind: Kind
  tls?: { key: string; cert: string }
  way(): Way
  /** The host under which this machine is reached. */
  host: string
  /** The code of a failure when nobody listens there. */
  nobody: string
}

// Only what a test shortens ends anything.
const limits = { connectMs: 20_000, firstByteMs: 20_000, idleMs: 20_000, totalMs: null }
const nothing = () => {}

export function forwarderConformance(name: string, carrier: Carrier): void {
  describe(`forwarder: ${name}`, () => {
    let forwarder: Forwarder
    let upstream: StagedUpstream
    const originOf = (port: number) => `${carrier.kind === 'http' ? 'http' : 'https'}://${carrier.host}:${port}`
    const start = async (answer: (reply: Reply, heard: Heard) => void) => {
      upstream = await startStagedUpstream(carrier.kind, answer, carrier.tls)
      forwarder = carrier.make()
    }
    const send = (attempt: Partial<UpstreamAttempt> = {}, witness = new Witness()) => {
      const origin = originOf(upstream.port)
      const plain = { origin, method: 'GET', path: '/', headers: [], body: null, way: carrier.way(), limits }
      const running = forwarder.send({ ...plain, ...attempt }, witness)
      witness.running = true
      return { witness, running }
    }
    afterEach(async () => {
      await forwarder.close()
      await upstream.close()
    })

    test('sends what it is given, and tells head, data and end in order', async () => {
      await start((reply) => reply.whole(201, { 'X-Answer': 'yes', 'set-cookie': 'a=1' }, 'body'))
      const { witness } = send({
        method: 'PUT',
        path: '/a?b=%20',
        headers: ['X-Two', '1', 'x-two', '2', 'content-length', '2'],
        body: Buffer.from('hi'),
      })
      await witness.over
      expect(witness.events).toEqual(['sent', 'head 201', 'data body', 'end'])
      expect(witness.headers).toMatchObject({ 'x-answer': 'yes', 'set-cookie': 'a=1', 'content-length': '4' })
      expect(upstream.heard).toMatchObject([{ method: 'PUT', path: '/a?b=%20', body: 'hi', complete: true }])
      expect(upstream.heard[0]?.headers).toMatchObject({ 'x-two': '1, 2', 'content-length': '2' })
      expect(upstream.heard[0]?.version).toBe(carrier.kind === 'h2' ? '2.0' : '1.1')
    })

    test('a redirect is an answer like any other', async () => {
      await start((reply) => reply.whole(302, { location: '/elsewhere' }))
      const { witness } = send()
      await witness.over
      expect(witness.events).toEqual(['sent', 'head 302', 'end'])
      expect(upstream.heard).toHaveLength(1)
    })

    test('streams a body as it comes', async () => {
      await start(nothing)
      let sink: Parameters<BodyReader['start']>[0] | undefined
      const body: BodyReader = { length: null, start: (to) => (sink = to), pause: nothing, resume: nothing }
      const { witness, running } = send({ method: 'POST', body })
      await expect.poll(() => sink).toBeDefined()
      const piece = Buffer.from('one')
      sink?.data(piece)
      piece.fill('x')
      await expect.poll(() => upstream.heard[0]?.body).toBe('one')
      expect(witness.events).toEqual([])
      sink?.data(Buffer.from('two'))
      sink?.end()
      await expect.poll(() => upstream.heard[0]).toMatchObject({ body: 'onetwo', complete: true })
      running.abort()
      await witness.over
    })

    test('a body that fails fails the attempt, and the upstream never sees a whole one', async () => {
      await start(nothing)
      let sink: Parameters<BodyReader['start']>[0] | undefined
      const body: BodyReader = { length: 10, start: (to) => (sink = to), pause: nothing, resume: nothing }
      const { witness } = send({ method: 'POST', body, headers: ['content-length', '10'] })
      await expect.poll(() => sink).toBeDefined()
      sink?.data(Buffer.from('one'))
      await expect.poll(() => upstream.heard[0]?.body).toBe('one')
      sink?.fail('CLIENT_GONE')
      await witness.over
      expect(witness.events).toEqual(['fail sending CLIENT_GONE'])
      expect(upstream.heard[0]?.complete).toBe(false)
    })

    test('nobody there: fails in the connect stage', async () => {
      await start(nothing)
      const { witness } = send({ origin: originOf(9) })
      await witness.over
      expect(witness.events).toEqual([`fail connect ${carrier.nobody}`])
    })

    test('a request that cannot be written fails, and not during the call', async () => {
      await start(nothing)
      const { witness } = send({ path: '/a b' })
      await witness.over
      expect(witness.events[0]).toMatch(/^fail connect /)
    })

    test('no answer: fails waiting, after its time', async () => {
      await start(nothing)
      const { witness } = send({ limits: { ...limits, firstByteMs: 300 } })
      await witness.over
      expect(witness.events).toEqual(['sent', 'fail waiting UND_ERR_HEADERS_TIMEOUT'])
    })

    test('a broken answer: fails in the body, after what came of it', async () => {
      await start((reply) => {
        reply.begin(200, { 'content-length': '10' })
        reply.write('half')
        setTimeout(() => reply.cut(), 50)
      })
      const { witness } = send()
      await witness.over
      expect(witness.events.slice(0, 3)).toEqual(['sent', 'head 200', 'data half'])
      expect(witness.events[3]).toMatch(/^fail body /)
    })

    test('an answer that falls silent fails in the body', async () => {
      await start((reply) => {
        reply.begin(200)
        reply.write('half')
      })
      const { witness } = send({ limits: { ...limits, idleMs: 300 } })
      await witness.over
      expect(witness.events).toEqual(['sent', 'head 200', 'data half', 'fail body UND_ERR_BODY_TIMEOUT'])
    })

    test('the whole time is limited, where a limit is given', async () => {
      await start((reply) => {
        reply.begin(200)
        const drip = setInterval(() => reply.write('x'), 20)
        reply.closed(() => clearInterval(drip))
      })
      const { witness } = send({ limits: { ...limits, totalMs: 300 } })
      await witness.over
      // Whether the head has come by then is the machine's affair.
      expect(witness.events.at(-1)).toMatch(/^fail (waiting|body) UPSTREAM_TOTAL_TIMEOUT$/)
    })

    test('aborting ends it once, in every stage, also before it was sent', async () => {
      let gone = 0
      await start((reply) => reply.closed(() => gone++))
      const early = send()
      early.running.abort()
      early.running.abort()
      await early.witness.over
      expect(early.witness.events.at(-1)).toMatch(/^fail \w+ ABORTED$/)
      const waiting = send()
      await expect.poll(() => waiting.witness.events).toEqual(['sent'])
      await expect.poll(() => upstream.heard.length).toBeGreaterThan(0)
      waiting.running.abort()
      await waiting.witness.over
      expect(waiting.witness.events).toEqual(['sent', 'fail waiting ABORTED'])
      await expect.poll(() => gone).toBe(upstream.heard.length)
    })

    test('pauses when told to, and goes on', async () => {
      const size = 8 * 1024 * 1024
      await start((reply) => {
        reply.begin(200, { 'content-length': String(size) })
        reply.write(Buffer.alloc(size))
        reply.end()
      })
      const witness = new Witness()
      let bytes = 0
      witness.take = (chunk) => {
        bytes += chunk.byteLength
        return false
      }
      const { running } = send({}, witness)
      await expect.poll(() => bytes).toBeGreaterThan(0)
      // What was in the parser's hands still comes; then nothing does.
      await new Promise((resolve) => setTimeout(resolve, 50))
      const paused = bytes
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(bytes).toBe(paused)
      expect(bytes).toBeLessThan(size / 2)
      witness.take = (chunk) => {
        bytes += chunk.byteLength
        return true
      }
      running.resume()
      await witness.over
      expect(bytes).toBe(size)
    })

    test('hints before the answer are not the answer', async () => {
      await start((reply) => {
        reply.hint()
        reply.whole(200, {}, 'ok')
      })
      const { witness } = send()
      await witness.over
      expect(witness.events).toEqual(['sent', 'head 200', 'data ok', 'end'])
    })

    test('connections are kept and used again', async () => {
      await start((reply) => reply.whole(200, {}, 'ok'))
      for (let i = 0; i < 3; i++) {
        await send().witness.over
        // The next turn of the event loop: not before that is a connection known to be clean.
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      expect(upstream.connections()).toBe(1)
    })

    test('many at once are each answered with what is theirs', async () => {
      await start((reply, { path }) => reply.whole(200, {}, path))
      const sent = Array.from({ length: 40 }, (_, index) => ({ path: `/${index}`, ...send({ path: `/${index}` }) }))
      await Promise.all(sent.map(({ witness }) => witness.over))
      for (const { path, witness } of sent) expect(witness.events).toEqual(['sent', 'head 200', `data ${path}`, 'end'])
    })
  })
}
