/** The fail-over drill: a misbehaving upstream against a pool's own configuration, without any provider's traffic. */
import { z } from 'zod'

export const drillFaults = [
  'rate-short',
  'rate-daily',
  'key-invalid',
  'overloaded',
  'slow-first-byte',
  'cut-stream',
  'error-in-200',
] as const
export type DrillFault = (typeof drillFaults)[number]

/** What can be said of a trial; the window has a text for each in its own language. */
const drillSentences = [
  'calledEarly',
  'ended',
  'laterFailed',
  'waited',
  'dayAgain',
  'dayShort',
  'dayHeld',
  'usedAgain',
  'stillInUse',
  'othersHeld',
  'outOfUse',
  'blamed',
  'served',
  'endedUnblamed',
  'stillWaiting',
  'silenceBlamed',
  'sentAgain',
  'repeatEnded',
  'letGoServed',
  'noTimeout',
  'letGo',
  'noStream',
  'halfAsWhole',
  'wronglyRecorded',
  'cutSeen',
  'errorSeen',
  'refusedServed',
  'refusalPassed',
  'oneAttempt',
  'oneKey',
  'oneAccount',
  'noneServed',
  'keyOnce',
  'breakerOpen',
  'timeUp',
  'unfinished',
  'timesCut',
  'noKeys',
  'someKeys',
  'leftLimits',
  'leftBudget',
  'leftFallbacks',
  'leftAnswers',
] as const
const said = {
  id: z.enum(drillSentences),
  /** What stands in it: numbers of keys (from 1), counts, answers, milliseconds as `held` (-1 = for ever). */
  values: z.record(z.string(), z.union([z.string(), z.number()])),
}
const sentence = z.object({
  ...said,
  because: z.object(said).optional(),
  /** The trial was made in both ways. */
  in: z.enum(['json', 'stream']).optional(),
})
export type DrillSentence = z.infer<typeof sentence>

const promise = z.object({
  fault: z.enum(drillFaults),
  /** What Keywheel promises, in one sentence. */
  promise: z.string(),
  passed: z.boolean(),
  /** What was seen, in English… */
  seen: z.string(),
  /** …and as data. */
  said: z.array(sentence),
})

export const drillReport = z.object({
  pool: z.string(),
  /** Keys that stood in for the pool's. */
  keys: z.number(),
  calls: z.number(),
  passed: z.number(),
  failed: z.number(),
  promises: z.array(promise),
  /** What was otherwise than in real calls, for time's sake or because it is not what is tried here; in English… */
  notes: z.array(z.string()),
  /** …and as data. */
  noted: z.array(sentence),
  ms: z.number(),
})
export type DrillReport = z.infer<typeof drillReport>
