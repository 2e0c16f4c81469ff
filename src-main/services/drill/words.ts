/** What a drill has seen, as data and in English: an id and what stands in it, so that a window says it in its own language. */
import type { DrillSentence } from '../../../src-preload/contract/index.ts'

type Values = DrillSentence['values']
type Id = DrillSentence['id']

/** Without the full stop; a reason follows a colon. */
const texts: Readonly<Record<Id, (values: Values) => string>> = {
  calledEarly: ({ key, count }) => `key ${key} was told to wait 1 s and was called ${times(count)} before that`,
  ended: ({ answer }) => `the call ended with ${answer}`,
  laterFailed: ({ lost, total, answer }) => `${lost} of ${total} later calls failed, the first with ${answer}`,
  waited: ({ key, count, rest }) =>
    `key ${key} was told to wait 1 s and was not called before that; the call was served in ${attempts(count)}, so were ${rest} more`,
  dayAgain: ({ key, count }) => `the account of key ${key} was called ${times(count)} after its day was used up`,
  dayShort: ({ key, held }) => `key ${key} is left alone for ${span(held)} only`,
  dayHeld: ({ key, held, count, rest }) =>
    `key ${key} is left alone for ${span(held)}; the call was served in ${attempts(count)}, and ${rest} more without it`,
  usedAgain: ({ key, count }) => `key ${key} was refused and used again ${times(count)}`,
  stillInUse: ({ key, health }) => `key ${key} was refused and is "${health}", not out of use`,
  othersHeld: ({ key, others }) => `key ${key} was refused, and ${others} other keys are held back as well`,
  outOfUse: ({ key, count }) => `key ${key} is out of use, every other key is ready; the call was served in ${attempts(count)}`,
  blamed: ({ blamed, keys }) => `${blamed} of ${keys} keys are not ready after an overload that was nobody's fault`,
  served: ({ count }) => `the call was served in ${attempts(count)}; every key is ready`,
  endedUnblamed: ({ answer }) => `no key is blamed, but the call ended with ${answer}`,
  stillWaiting: ({ answer }) => `the call ended with ${answer}, but the upstream is still being waited for`,
  silenceBlamed: ({ key, health }) => `key ${key} is "${health}" for a silence that was not its fault`,
  sentAgain: ({ count }) => `the call was sent up ${times(count)}, although the pool does not allow that`,
  repeatEnded: ({ answer }) => `the call may be repeated, but ended with ${answer}`,
  letGoServed: ({ seconds, count }) => `let go after ${seconds} s; the call was served in ${attempts(count)}, as the pool allows`,
  noTimeout: ({ answer }) => `the client was told ${answer} instead of a time-out in its own words`,
  letGo: ({ seconds, answer }) => `let go after ${seconds} s and not sent again: the client was told ${answer}`,
  noStream: ({ answer }) => `there was no stream to break: the call ended with ${answer}`,
  halfAsWhole: ({ key }) => `the half answer of key ${key} was passed on as a whole one`,
  wronglyRecorded: ({ key, outcome }) => `the broken stream of key ${key} was recorded as "${outcome}"`,
  cutSeen: ({ outcome }) => `the client saw a cut connection; it was recorded as "${outcome}"`,
  errorSeen: ({ error, outcome }) => `the client saw an error at its end (${error}); it was recorded as "${outcome}"`,
  refusedServed: ({ key, count }) => `key ${key} refused; the call was served in ${attempts(count)}`,
  refusalPassed: ({ key }) => `the refusal of key ${key} was not seen and passed on as the answer`,
  oneAttempt: () => 'the pool allows one attempt per call (maxAttempts)',
  oneKey: () => 'the pool has one key, so there is no next one',
  oneAccount: ({ keys }) => `its ${keys} keys are of one account, so what holds one holds all`,
  noneServed: ({ count, keys, accounts }) => `${attempts(count)} over ${keys} keys of ${accounts} accounts did not serve it`,
  keyOnce: () => 'the pool has one key, and no call uses a key twice',
  breakerOpen: () => 'the pool leaves its upstream alone after one overload (breakerFailures)',
  timeUp: ({ seconds }) => `the pool gives a call ${seconds} s (attemptBudget)`,
  unfinished: ({ seconds }) => `it was not over after ${seconds} s`,
  timesCut: ({ seconds, wanted }) =>
    `the longest wait for a first byte was ${seconds} s instead of ${wanted} s; the other time-outs were cut likewise`,
  noKeys: ({ keys }) => `the pool has no usable key; ${keys} stood in all the same`,
  someKeys: ({ shown, total }) => `${shown} of its ${total} keys had a stand-in`,
  leftLimits: () => 'its limits were left out',
  leftBudget: () => 'its budget was left out',
  leftFallbacks: () => 'its fallbacks were left out',
  leftAnswers: () => 'its kept answers were left out',
}

const places = { json: 'In JSON: ', stream: 'As a stream’s first event: ' } as const

export function inEnglish({ id, values, because, in: place }: DrillSentence): string {
  const main = texts[id](values)
  const text = because ? `${main}: ${texts[because.id](because.values)}` : main
  return `${place ? places[place] : ''}${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

const times = (count: Values[string] | undefined) => (count === 1 ? 'once' : `${count} times`)
const attempts = (count: Values[string] | undefined) => (count === 1 ? 'one attempt' : `${count} attempts`)

/** Milliseconds; -1 = for ever. */
function span(ms: Values[string] | undefined): string {
  const held = Number(ms)
  if (held < 0) return 'ever'
  return held < 3_600_000 ? `${Math.round(held / 1000)} s` : `${Math.round(held / 360_000) / 10} h`
}
