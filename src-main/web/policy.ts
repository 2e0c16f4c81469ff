/** What every answer says to a browser: nothing may be framed, sniffed, embedded, or loaded from elsewhere. */

/** On everything, the page excepted (it brings its own policy): data is never a document. */
export const commonHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const
