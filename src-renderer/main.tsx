/** What must be true before any other module of the page runs: no code evaluation, and a nonce for every style element. */
import { setNonce } from 'get-nonce'
import { z } from 'zod'

// zod probes `new Function` when a schema is made, which the page's policy forbids.
z.config({ jitless: true })

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
setNonce(nonce)

// Imported only now, so that the two lines above come before every other module, however the bundler splits them.
void import('./start.tsx').then(({ start }) => start(nonce))
