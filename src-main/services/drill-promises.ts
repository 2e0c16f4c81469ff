/** What Keywheel promises when an upstream misbehaves, each with a trial that shows whether it is kept. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DrillFault } from '../../src-preload/contract/index.ts'
import type { Behaviour } from '../demo/index.ts'
import type { DrillAnswer } from './drill-client.ts'
import type { DrillPool } from './drill-pool.ts'

interface Verdict {
  passed: boolean
  /** What was seen, for people. */
  seen: string
}

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
  const name = `key ${victim + 1}`
  if (early > 0) return no(`${name} was told to wait 1 s and was called ${times(early)} before that.`)
  if (!first.whole) return no(`The call ended with ${said(first)}: ${whyNoNext(pool, first)}.`)
  if (lost[0]) return no(`${lost.length} of ${rest.length} later calls failed, the first with ${said(lost[0])}.`)
  return yes(
    `${name} was told to wait 1 s and was not called before that; the call was served in ${attempts(first)}, so were ${rest.length} more.`,
  )
}

/** The longest that the scripted upstream's daily refusals are sure to ask for. */
const dayMs = 7 * 3_600_000

async function checkDay(pool: DrillPool): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: 'rate-daily' }))
  const first = await pool.call()
  const held = pool.heldMs(victim())
  if (!first.whole) return no(`The call ended with ${said(first)}: ${whyNoNext(pool, first)}.`)
  const rest = await more(pool)
  const again = pool.asked().filter((key) => pool.sameAccount(key, victim())).length - 1
  const name = `key ${victim() + 1}`
  if (again > 0) return no(`The account of ${name} was called ${times(again)} after its day was used up.`)
  const lost = rest.filter(({ whole }) => !whole)
  if (lost[0]) return no(`${lost.length} of ${rest.length} later calls failed, the first with ${said(lost[0])}.`)
  const least = Math.min(dayMs, pool.config.hintMax * 1000)
  if (held < least - 60_000) return no(`${name} is left alone for ${span(held)} only.`)
  return yes(
    `${name} is left alone for ${span(held)}; the call was served in ${attempts(first)}, and ${rest.length} more without it.`,
  )
}

async function checkInvalid(pool: DrillPool): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: 'key-invalid' }))
  const first = await pool.call()
  if (!first.whole) return no(`The call ended with ${said(first)}: ${whyNoNext(pool, first)}.`)
  await more(pool)
  const name = `key ${victim() + 1}`
  const uses = pool.requests(victim()).length
  if (uses > 1) return no(`${name} was refused and used again ${times(uses - 1)}.`)
  if (pool.health(victim()) !== 'invalid') return no(`${name} was refused and is "${pool.health(victim())}", not out of use.`)
  const suffering = others(pool, victim()).filter((key) => pool.heldMs(key) > 0)
  if (suffering.length > 0) return no(`${name} was refused, and ${suffering.length} other keys are held back as well.`)
  return yes(`${name} is out of use, every other key is ready; the call was served in ${attempts(first)}.`)
}

async function checkOverload(pool: DrillPool): Promise<Verdict> {
  let asked = 0
  pool.behave(() => (asked++ === 0 ? { kind: 'overloaded', retryAfterS: 1 } : ok))
  const answer = await pool.call()
  const blamed = everyKey(pool).filter((key) => pool.health(key) !== 'ready')
  if (blamed.length > 0)
    return no(`${blamed.length} of ${pool.keys} keys are not ready after an overload that was nobody's fault.`)
  if (answer.whole) return yes(`The call was served in ${attempts(answer)}; every key is ready.`)
  return no(`No key is blamed, but the call ended with ${said(answer)}: ${whyNoRetry(pool)}.`)
}

async function checkSilence(pool: DrillPool): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: 'slow-first-byte', ms: 60_000 }))
  const { retryOnFailure, maxRetries, retryUncertain } = pool.config
  const mayRepeat = retryUncertain === 'always' || (retryOnFailure && maxRetries > 0)
  const answer = await pool.call()
  const [request] = pool.requests(victim())
  const letGo = await soon(() => request?.aborted === true && pool.inFlight(victim()) === 0)
  if (!letGo) return no(`The call ended with ${said(answer)}, but the upstream is still being waited for.`)
  if (pool.health(victim()) !== 'ready')
    return no(`Key ${victim() + 1} is "${pool.health(victim())}" for a silence that was not its fault.`)
  const sends = pool.asked().length
  if (!mayRepeat && sends > 1) return no(`The call was sent up ${times(sends)}, although the pool does not allow that.`)
  if (mayRepeat && !answer.whole)
    return no(`The call may be repeated, but ended with ${said(answer)}: ${whyNoNext(pool, answer)}.`)
  if (mayRepeat)
    return yes(`Let go after ${pool.config.timeout} s; the call was served in ${attempts(answer)}, as the pool allows.`)
  if (answer.status !== 504 || answer.error === null)
    return no(`The client was told ${said(answer)} instead of a time-out in its own words.`)
  return yes(`Let go after ${pool.config.timeout} s and not sent again: the client was told ${said(answer)}.`)
}

/** Chunks before the cut: in every API some words have come by then, and not all. */
const someChunks = 4

async function checkCut(pool: DrillPool): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: 'cut-stream', chunks: someChunks }))
  const broken = await pool.call(true)
  const name = `key ${victim() + 1}`
  if (broken.status !== 200) return no(`There was no stream to break: the call ended with ${said(broken)}.`)
  if (broken.whole || (!broken.cut && broken.error === null))
    return no(`The half answer of ${name} was passed on as a whole one.`)
  await soon(() => pool.row(broken) !== undefined)
  const outcome = pool.row(broken)?.outcome
  if (outcome === undefined || outcome === 'ok')
    return no(`The broken stream of ${name} was recorded as "${outcome ?? 'nothing'}".`)
  const how = broken.error === null ? 'a cut connection' : `an error at its end (${broken.error})`
  return yes(`The client saw ${how}; it was recorded as "${outcome}".`)
}

async function checkHidden(stage: { pool(name: string): DrillPool }): Promise<Verdict> {
  const plain = await hiddenIn(stage.pool('error-in-200'), false)
  const streamed = await hiddenIn(stage.pool('error-as-first-event'), true)
  return { passed: plain.passed && streamed.passed, seen: `In JSON: ${plain.seen} As a stream's first event: ${streamed.seen}` }
}

async function hiddenIn(pool: DrillPool, stream: boolean): Promise<Verdict> {
  const victim = firstIs(pool, () => ({ kind: stream ? 'error-as-first-event' : 'error-in-200', fault: 'rate-short' }))
  const answer = await pool.call(stream)
  const name = `key ${victim() + 1}`
  if (answer.whole) return yes(`${name} refused; the call was served in ${attempts(answer)}.`)
  if (pool.heldMs(victim()) === 0) return no(`the refusal of ${name} was not seen and passed on as the answer.`)
  return no(`the call ended with ${said(answer)}: ${whyNoNext(pool, answer)}.`)
}

const yes = (seen: string): Verdict => ({ passed: true, seen: capital(seen) })
const no = (seen: string): Verdict => ({ passed: false, seen: capital(seen) })
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const times = (count: number) => (count === 1 ? 'once' : `${count} times`)
const attempts = ({ attempts: count }: DrillAnswer) => (count === 1 ? 'one attempt' : `${count} attempts`)
const everyKey = ({ keys }: DrillPool) => Array.from({ length: keys }, (_, key) => key)
const others = (pool: DrillPool, one: number) => everyKey(pool).filter((key) => key !== one)

function said({ status, error, cut }: DrillAnswer): string {
  if (status === null) return 'no answer'
  return `${status}${error === null ? '' : ` ${error}`}${cut ? ', cut off' : ''}`
}

function span(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'ever'
  return ms < 3_600_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 360_000) / 10} h`
}

/** Why a call found no next key. */
function whyNoNext(pool: DrillPool, answer: DrillAnswer): string {
  if (pool.config.maxAttempts === 1) return 'the pool allows one attempt per call (maxAttempts)'
  if (pool.keys === 1) return 'the pool has one key, so there is no next one'
  if (pool.accounts === 1) return `its ${pool.keys} keys are of one account, so what holds one holds all`
  return `${attempts(answer)} over ${pool.keys} keys of ${pool.accounts} accounts did not serve it`
}

function whyNoRetry({ config, keys }: DrillPool): string {
  if (config.maxAttempts === 1) return 'the pool allows one attempt per call (maxAttempts)'
  if (keys === 1) return 'the pool has one key, and no call uses a key twice'
  if (config.breakerFailures === 1) return 'the pool leaves its upstream alone after one overload (breakerFailures)'
  return `the pool gives a call ${config.attemptBudget} s (attemptBudget)`
}

/** Waits for what follows an answer in a moment; false when it does not come within two seconds. */
async function soon(come: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 100 && !come(); tries++) await sleep(20)
  return come()
}
