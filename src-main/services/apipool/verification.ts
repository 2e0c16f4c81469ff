/** What is known of a key, in the four words that the apipool protocol has for it. */
import type { KeyRow } from '../../storage/types.ts'
import type { KeyViews } from '../keys/key-view.ts'

type Verification = 'unknown' | 'valid' | 'invalid' | 'rate_limited'

/** `unknown` = nobody has looked since the key was given; of one that is switched off, what was seen last counts. */
export function verificationOf(key: KeyRow, views: Pick<KeyViews, 'state'>): Verification {
  const state = views.state(key)
  switch (state) {
    case 'ready':
      return 'valid'
    case 'cooling':
    case 'exhausted':
      return 'rate_limited'
    case 'invalid':
      return 'invalid'
    case 'unchecked':
      return 'unknown'
    case 'disabled':
      return key.checkedAt === null ? 'unknown' : 'valid'
  }
}
