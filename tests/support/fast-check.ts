/** fast-check, with the same cases in every run; `KEYWHEEL_SEED=N npm test` tries others. */
import { configureGlobal } from 'fast-check'

configureGlobal({ seed: Number(process.env['KEYWHEEL_SEED'] ?? 20261121) })

export * from 'fast-check'
