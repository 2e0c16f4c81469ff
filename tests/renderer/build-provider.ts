/** A provider as the application describes it. */
import type { Provider } from '../../src-preload/contract/index.ts'

export function provider(changes: Partial<Provider> = {}): Provider {
  return {
    id: 'openai',
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    auth: { in: 'header', name: 'Authorization', format: 'Bearer {key}' },
    freeCheck: true,
    keysUrl: null,
    keyHint: 'sk-…',
    presets: [],
    resetZone: 'UTC',
    ...changes,
  }
}
