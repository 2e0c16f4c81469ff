/** What must be true before any other module of the page runs: no code evaluation, and a nonce for every style element. */
import { setNonce } from 'get-nonce'
import { z } from 'zod'

declare global {
  interface Window {
    /** Only in browsers that have trusted types; not in TypeScript's own list yet. */
    trustedTypes?: { createPolicy: (name: string, rules: { createHTML: (text: string) => string }) => unknown }
  }
}

// zod probes `new Function` when a schema is made, which the page's policy forbids.
z.config({ jitless: true })

// Mantine writes its style sheets with innerHTML, which trusted types guard. A style sheet never holds `<`, markup always does.
window.trustedTypes?.createPolicy('default', {
  createHTML(text) {
    if (text.includes('<')) throw new TypeError('This page takes no markup from text.')
    return text
  },
})

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
setNonce(nonce)

// Imported only now, so that the two lines above come before every other module, however the bundler splits them.
void import('./start.tsx').then(({ start }) => start(nonce))
