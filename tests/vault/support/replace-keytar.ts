/** `--import` this in the helper's process: keytar is the faulty one, or cannot be loaded at all (`KEYTAR=missing`). */
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'keytar') return next(specifier, context)
    if (process.env.KEYTAR === 'missing') throw new Error('Failed to load keytar native addon')
    return { url: new URL('./faulty-keytar.ts', import.meta.url).href, shortCircuit: true }
  },
})
