/** The headless page's session: a code from the address, exchanged once for a bearer that lives as long as the tab. */
import { ConnectionError } from './connection.ts'
import type { Page } from './page.ts'

const storageKey = 'keywheel.session'
const codePattern = /^#code=([A-Za-z0-9_-]+)$/

export interface Session {
  /** The bearer. Throws ConnectionError `expired` without one, `lost` when Keywheel does not answer. */
  bearer(): Promise<string>
  /** Forgets a bearer that was refused. */
  expire(refused: string): void
  /** Takes a code from the address, if there is one now, and puts back what was there before; true = a new exchange began. Call it at every change. */
  takeCode(): boolean
}

/** True when this page has come by HTTP: it carries a code or still has a session. */
export function hasSession(page: Page): boolean {
  return codePattern.test(page.location.hash) || page.sessionStorage.getItem(storageKey) !== null
}

/** Reads the code at once and takes it out of the address, so that it is neither routed to nor kept in the history. */
export function createSession(page: Page): Session {
  let exchange: Promise<string> | undefined
  /** Where the page was before a code came into its address. */
  let place = ''

  function takeCode(): boolean {
    const code = codePattern.exec(page.location.hash)?.[1]
    if (!code) {
      place = page.location.hash
      return false
    }
    page.history.replaceState(page.history.state, '', page.location.pathname + page.location.search + place)
    const pending = redeem(page, code)
    exchange = pending
    // Whoever calls next sees the failure; afterwards an older bearer of this tab may still be good.
    pending.catch(() => exchange === pending && (exchange = undefined))
    return true
  }

  takeCode()
  return {
    takeCode,
    async bearer() {
      const bearer = exchange ? await exchange : page.sessionStorage.getItem(storageKey)
      if (!bearer) throw new ConnectionError('expired')
      return bearer
    },
    expire(refused) {
      exchange = undefined
      if (page.sessionStorage.getItem(storageKey) === refused) page.sessionStorage.removeItem(storageKey)
    },
  }
}

async function redeem(page: Page, code: string): Promise<string> {
  const response = await page
    .fetch(`${page.location.origin}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    .catch(() => {
      throw new ConnectionError('lost')
    })
  if (!response.ok) throw new ConnectionError('expired')
  const { token } = (await response.json()) as { token: string }
  page.sessionStorage.setItem(storageKey, token)
  return token
}
