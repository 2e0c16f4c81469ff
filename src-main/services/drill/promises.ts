/** What Keywheel promises when an upstream misbehaves, each with a trial that shows whether it is kept. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DrillFault, DrillSentence } from '../../../src-preload/contract/index.ts'
import type { Behaviour } from '../../demo/index.ts'
import type { DrillAnswer } from './client.ts'
import type { DrillPool } from './pool.ts'
import { inEnglish } from './words.ts'

export interface Verdict {
  passed: boolean
  /** What was seen, in English… */
  seen: string
  /** …and as data. */
  said: DrillSentence[]
}

type Values = DrillSentence['values']
type Reason = NonNullable<DrillSentence['because']>

interface DrillPromise {
  promise: string
  /** Rejects only with the reason of an abort. */
  check(stage: { pool(name: string): DrillPool }): Promise<Verdict>
}

const secondMs = 1000
const ok: Behaviour = { kind: 'ok' }

export const drillPromises: Readonly<Record<DrillFault, DrillPromise>> = {
  'rate-short': {
    promise: 'A key that is told to wait is left alone for that time, and the call goes on with the next key.',
    check: (stage) => checkWait(stage.pool('rate-short')),
  },
  'rate-daily': {
    promise: 'An account whose day is used up is left alone for as long as it says, and the call goes on with another one.',
    check: (stage) => checkDay(stage.pool('rate-daily')),
  },
  'key-invalid': {
    promise: 'A key that is refused is not used again, no other key suffers for it, and the call goes on with the next key.',
    check: (stage) => checkInvalid(stage.pool('key-invalid')),
  },
  overloaded: {
    promise: 'When the upstream is overloaded and asks to come back in a moment, the call does so, and no key is blamed.',
    check: (stage) => checkOverload(stage.pool('overloaded')),
  },
  'slow-first-byte': {
    promise: 'An upstream that says nothing in time is let go; the call is sent a second time only if the pool allows that.',
    check: (stage) => checkSilence(stage.pool('slow-first-byte')),
  },
  'cut-stream': {
    promise: 'A stream that breaks off is never passed on as a whole one, and is recorded as broken.',
    check: (stage) => checkCut(stage.pool('cut-stream')),
  },
  'error-in-200': {
    promise: 'A refusal hidden in an answer with status 200 is found, and the call goes on with the next key.',
    check: checkHidden,
  },
}

/** Makes the first key that is asked the bad one; gives back how to know which it is. */
function firstIs(pool: DrillPool, bad: (key: number) => Behaviour): () => number {
  let victim = -1
  pool.behave((key) => {
    if (victim < 0) victim = key
    return key === victim ? bad(key) : ok
  })
  return () => victim
}

/** Enough calls for every key to have had its turn. */
async function more(pool: DrillPool): Promise<DrillAnswer[]> {
  const answers: DrillAnswer[] = []
  for (let calls = 0; calls <= pool.keys; calls++) answers.push(await pool.call())
  return answers
}

async function checkWait(pool: DrillPool): Promise<Verdict> {
  let until = 0
  let early = 0
  let victim = -1
  pool.behave((key) => {
    const now = performance.now()
    if (until === 0) {
      victim = key
      until = now + secondMs
    } else if (!pool.sameAccount(key, victim) || now >= until) return ok
    else early += 1
    return { kind: 'rate-short', retryAfterS: 1 }
  })
  const first = await pool.call()
  const rest = await more(pool)
  const lost = rest.filter(({ whole }) => !whole)
  const key = victim + 1
  if (early > 0) return no('calledEarly', { key, count: early })
  if (!first.whole) return no('ended', told(first), whyNoNext(pool, first))
  if (lost[0]) return no('laterFailed', { lost: lost.length, total: rest.length, ...told(lost[0]) })
  return yes('waited', { key, count: first.attempts, rest: rest.length })
}

/** The longest that the scripted upstream's daily refusals are sure to ask for. */
const dayMs = 7 * 3_600_000

async function checkDay(pool: DrillPool): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: 'rate-daily' }))
  const first = await pool.call()
  const held = pool.heldMs(victim())
  if (!first.whole) return no('ended', told(first), whyNoNext(pool, first))
  const rest = await more(pool)
  const again = pool.asked().filter((key) => pool.sameAccount(key, victim())).length - 1
  const key = victim() + 1
  if (again > 0) return no('dayAgain', { key, count: again })
  const lost = rest.filter(({ whole }) => !whole)
  if (lost[0]) return no('laterFailed', { lost: lost.length, total: rest.length, ...told(lost[0]) })
  const least = Math.min(dayMs, pool.config.hintMax * 1000)
  if (held < least - 60_000) return no('dayShort', { key, held })
  return yes('dayHeld', { key, held: Number.isFinite(held) ? held : -1, count: first.attempts, rest: rest.length })
}

async function checkInvalid(pool: DrillPool): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: 'key-invalid' }))
  const first = await pool.call()
  if (!first.whole) return no('ended', told(first), whyNoNext(pool, first))
  await more(pool)
  const key = victim() + 1
  const uses = pool.requests(victim()).length
  if (uses > 1) return no('usedAgain', { key, count: uses - 1 })
  if (pool.health(victim()) !== 'invalid') return no('stillInUse', { key, health: pool.health(victim()) })
  const suffering = others(pool, victim()).filter((other) => pool.heldMs(other) > 0)
  if (suffering.length > 0) return no('othersHeld', { key, others: suffering.length })
  return yes('outOfUse', { key, count: first.attempts })
}

async function checkOverload(pool: DrillPool): Promise<Verdict> {
  let asked = 0
  pool.behave(() => (asked++ === 0 ? { kind: 'overloaded', retryAfterS: 1 } : ok))
  const answer = await pool.call()
  const blamed = everyKey(pool).filter((key) => pool.health(key) !== 'ready')
  if (blamed.length > 0) return no('blamed', { blamed: blamed.length, keys: pool.keys })
  if (answer.whole) return yes('served', { count: answer.attempts })
  return no('endedUnblamed', told(answer), whyNoRetry(pool))
}

async function checkSilence(pool: DrillPool): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: 'slow-first-byte', ms: 60_000 }))
  const { retryOnFailure, maxRetries, retryUncertain } = pool.config
  const mayRepeat = retryUncertain === 'always' || (retryOnFailure && maxRetries > 0)
  const answer = await pool.call()
  const [request] = pool.requests(victim())
  const letGo = await soon(() => request?.aborted === true && pool.inFlight(victim()) === 0)
  if (!letGo) return no('stillWaiting', told(answer))
  if (pool.health(victim()) !== 'ready') return no('silenceBlamed', { key: victim() + 1, health: pool.health(victim()) })
  const sends = pool.asked().length
  if (!mayRepeat && sends > 1) return no('sentAgain', { count: sends })
  const seconds = pool.config.timeout
  if (mayRepeat && !answer.whole) return no('repeatEnded', told(answer), whyNoNext(pool, answer))
  if (mayRepeat) return yes('letGoServed', { seconds, count: answer.attempts })
  if (answer.status !== 504 || answer.error === null) return no('noTimeout', told(answer))
  return yes('letGo', { seconds, ...told(answer) })
}

/** Chunks before the cut: in every API some words have come by then, and not all. */
const someChunks = 4

async function checkCut(pool: DrillPool): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: 'cut-stream', chunks: someChunks }))
  const broken = await pool.call(true)
  const key = victim() + 1
  if (broken.status !== 200) return no('noStream', told(broken))
  if (broken.whole || (!broken.cut && broken.error === null)) return no('halfAsWhole', { key })
  await soon(() => pool.row(broken) !== undefined)
  const outcome = pool.row(broken)?.outcome
  if (outcome === undefined || outcome === 'ok') return no('wronglyRecorded', { key, outcome: outcome ?? 'nothing' })
  return broken.error === null ? yes('cutSeen', { outcome }) : yes('errorSeen', { error: broken.error, outcome })
}

async function checkHidden(stage: { pool(name: string): DrillPool }): Promise<Verdict> {
  const plain = await hiddenIn(stage.pool('error-in-200'), false)
  const streamed = await hiddenIn(stage.pool('error-as-first-event'), true)
  const said = [
    ...plain.said.map((sentence) => ({ ...sentence, in: 'json' as const })),
    ...streamed.said.map((sentence) => ({ ...sentence, in: 'stream' as const })),
  ]
  return { passed: plain.passed && streamed.passed, seen: said.map(inEnglish).join(' '), said }
}

async function hiddenIn(pool: DrillPool, stream: boolean): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: stream ? 'error-as-first-event' : 'error-in-200', fault: 'rate-short' }))
  const answer = await pool.call(stream)
  const key = victim() + 1
  if (answer.whole) return yes('refusedServed', { key, count: answer.attempts })
  if (pool.heldMs(victim()) === 0) return no('refusalPassed', { key })
  return no('ended', told(answer), whyNoNext(pool, answer))
}

const yes = (id: DrillSentence['id'], values: Values): Verdict => verdict(true, { id, values })
const no = (id: DrillSentence['id'], values: Values, because?: Reason): Verdict =>
  verdict(false, { id, values, ...(because && { because }) })

export function verdict(passed: boolean, sentence: DrillSentence): Verdict {
  return { passed, seen: inEnglish(sentence), said: [sentence] }
}

const everyKey = ({ keys }: DrillPool) => Array.from({ length: keys }, (_, key) => key)
const others = (pool: DrillPool, one: number) => everyKey(pool).filter((key) => key !== one)

/** How a call ended, in codes where there are any. */
function told({ status, error, cut }: DrillAnswer): { answer: string } {
  if (status === null) return { answer: 'no answer' }
  return { answer: `${status}${error === null ? '' : ` ${error}`}${cut ? ', cut off' : ''}` }
}

/** Why a call found no next key. */
function whyNoNext({ config, keys, accounts }: DrillPool, { attempts: count }: DrillAnswer): Reason {
  if (config.maxAttempts === 1) return { id: 'oneAttempt', values: {} }
  if (keys === 1) return { id: 'oneKey', values: {} }
  if (accounts === 1) return { id: 'oneAccount', values: { keys } }
  return { id: 'noneServed', values: { count, keys, accounts } }
}

function whyNoRetry({ config, keys }: DrillPool): Reason {
  if (config.maxAttempts === 1) return { id: 'oneAttempt', values: {} }
  if (keys === 1) return { id: 'keyOnce', values: {} }
  if (config.breakerFailures === 1) return { id: 'breakerOpen', values: {} }
  return { id: 'timeUp', values: { seconds: config.attemptBudget } }
}

/** Waits for what follows an answer in a moment; false when it does not come within two seconds. */
async function soon(come: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 100 && !come(); tries++) await sleep(20)
  return come()
}
