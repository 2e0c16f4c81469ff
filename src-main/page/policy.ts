/** What the page may do, said in headers. One policy for the desktop window and for the headless page. */

/** Headers of the page itself. `connect` = where its script may send requests; `nonce` opens the door to Mantine's style elements. */
export function pageHeaders(connect: "'self'" | "'none'", nonce: string): Record<string, string> {
  return { ...fileHeaders, 'cache-control': 'no-store', 'content-security-policy': policy(connect, nonce) }
}

/** Headers of every other file. */
export const fileHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

/** Trusted Types hold: the page's one policy, made in main.tsx, lets nothing through that could be markup. */
function policy(connect: string, nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ')
}
