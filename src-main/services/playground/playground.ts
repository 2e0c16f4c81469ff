/** Trying a pool or model: a call through our own proxy, as a client makes it, told as it happens. */
import { type IncomingMessage, request } from 'node:http'
import { type Attempt, KeywheelError, type PlaygroundEvent, type RequestRow } from '../../../src-preload/contract/index.ts'
import { formats } from '../../gateway/formats.ts'
import type { KnownClients } from '../clients/client-sync.ts'
import { createOutbox, type Outbox as OutboxOf } from '../outbox.ts'
import type { PlaygroundService } from '../types.ts'
import { AnswerTeller, refusalOf } from './answer.ts'
import { questionOf } from './question.ts'

export interface PlaygroundDeps {
  /** Null while the proxy is off. */
  proxyUrl(): string | null
  borrowToken: KnownClients['borrowToken']
}

type Outbox = OutboxOf<PlaygroundEvent>

/** Bytes of an answer, pictures included. */
const answerMax = 256 * 1024 * 1024

export function createPlaygroundService({ proxyUrl, borrowToken }: PlaygroundDeps): PlaygroundService {
  return {
    run(input, signal) {
      const url = proxyUrl()
      if (url === null) throw new KeywheelError('PROXY_OFF', 'Switch the proxy on first.', { action: 'proxy.start' })
      return told({ url, question: questionOf(input), borrowToken }, signal)
    },
  }
}

interface Call {
  url: string
  question: Record<string, unknown>
  borrowToken: KnownClients['borrowToken']
}

/** Nothing is sent before the first event is asked for, and nothing goes on after the last one was read. */
async function* told(call: Call, signal?: AbortSignal): AsyncGenerator<PlaygroundEvent, void, void> {
  const leaving = new AbortController()
  const over = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal])
  const outbox = createOutbox(oneText)
  const { row, watch } = follow(outbox)
  const { token, revoke } = call.borrowToken({ id: 'playground', name: 'Playground', watch })
  const answered = answer(call, { token, outbox, row, signal: over }).finally(() => outbox.close())
  // A failure of our own is thrown where the events are read, below.
  answered.catch(() => undefined)
  try {
    yield* outbox.read(over)
    if (!over.aborted) await answered
  } finally {
    leaving.abort()
    revoke()
  }
}

/** Texts that follow each other are one. */
function oneText(last: PlaygroundEvent, next: PlaygroundEvent): PlaygroundEvent | null {
  const joins = 'text' in last && 'text' in next && last.type === next.type
  return joins ? { ...last, text: last.text + next.text } : null
}

/** Puts what the proxy tells of the call among the events; `row` comes when the call is over. */
function follow(outbox: Outbox) {
  const { promise: row, resolve } = Promise.withResolvers<RequestRow | null>()
  const watch = {
    asking({ keyId, keyLabel, pool = '', model }: Pick<Attempt, 'keyId' | 'keyLabel' | 'pool' | 'model'>) {
      outbox.put({ type: 'asking', keyId, keyLabel, pool, model: model ?? null })
    },
    attempted(attempt: Attempt) {
      if (attempt.outcome !== 'ok') outbox.put({ type: 'attempt', attempt })
    },
    finished: resolve,
  }
  return { row, watch }
}

interface Answering {
  token: string
  outbox: Outbox
  row: Promise<RequestRow | null>
  signal: AbortSignal
}

async function answer({ url, question }: Call, { token, outbox, row, signal }: Answering): Promise<void> {
  let got: IncomingMessage
  try {
    got = await send(`${url}/v1/chat/completions`, { token, question, signal })
  } catch {
    // Stopped in this moment, or it would have answered.
    outbox.put({ type: 'failed', code: 'PROXY_OFF', message: 'The proxy could not be reached.', request: null })
    return
  }
  const teller = new AnswerTeller()
  const failure = await read(got, teller, outbox)
  // A call that the proxy took up ends, and says so; one that it sent away has no number.
  const recorded = got.headers['x-keywheel-request'] === undefined ? null : await row
  const error = failure ?? teller.error
  if (error !== null || recorded === null) {
    const { code = 'INTERNAL', message = '' } = error ?? {}
    outbox.put({ type: 'failed', code: recorded?.errorCode ?? code, message, request: recorded })
  } else outbox.put({ type: 'finished', request: recorded, stop: teller.stop })
}

/** Without time-outs of its own: the proxy's count. */
function send(
  url: string,
  { token, question, signal }: Pick<Answering, 'token' | 'signal'> & Pick<Call, 'question'>,
): Promise<IncomingMessage> {
  const body = Buffer.from(JSON.stringify(question))
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': body.length,
    // Of its own: nothing is left open behind a call that is left.
    connection: 'close',
  }
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers, signal, agent: false }, resolve).on('error', reject).end(body)
  })
}

type Failure = { code: string; message: string } | null

/** Tells an answer to its end. Gives why it is none; what the answer itself says is with the teller. */
async function read(got: IncomingMessage, teller: AnswerTeller, outbox: Outbox): Promise<Failure> {
  const { statusCode: status = 0, headers } = got
  const streams = status < 400 && headers['content-type']?.startsWith('text/event-stream') === true
  const reader = formats.chat.streamReader()
  const tell = (events: Parameters<AnswerTeller['tell']>[0]) => teller.tell(events).forEach((event) => outbox.put(event))
  const whole: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of got as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > answerMax) return { code: 'ANSWER_TOO_LONG', message: 'The answer is longer than can be shown here.' }
      if (streams) tell(reader.push(chunk))
      else whole.push(chunk)
    }
  } catch {
    return teller.error ?? { code: 'UPSTREAM_CUT', message: 'The answer broke off.' }
  }
  if (streams) tell(reader.end())
  else return readWhole(status, Buffer.concat(whole).toString('utf8'), tell)
  return null
}

function readWhole(status: number, text: string, tell: (events: Parameters<AnswerTeller['tell']>[0]) => void): Failure {
  if (status >= 400) return refusalOf(status, text)
  try {
    tell(formats.chat.readAnswer(JSON.parse(text)))
    return null
  } catch {
    return { code: 'UPSTREAM_BAD_ANSWER', message: 'The answer is no chat completion.' }
  }
}
