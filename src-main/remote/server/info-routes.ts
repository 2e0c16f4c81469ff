/** What the server says of itself. */
import type { ApiRoutes } from './types.ts'

export const infoRoutes: ApiRoutes = {
  'GET /info/client-types': {
    open: true,
    run: async () => ({ status: 200, json: { client_types: ['generic', 'googlemaps', 'openai'] } }),
  },
}

/** `GET /health`, beside /api/v1. The version is that of the apipool-server whose protocol this is. */
export const health = { status: 'ok', version: '1.0.0' } as const
