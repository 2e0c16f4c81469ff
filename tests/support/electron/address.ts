/** Chromium does not know the program's scheme: it sees a host of its own, which nothing else answers for. */
const scheme = 'app://bundle'
const host = 'http://bundle.app.localhost'

export function toChromium(url: string): string {
  return url.startsWith(`${scheme}/`) ? host + url.slice(scheme.length) : url
}

export function fromChromium(url: string): string {
  if (url.startsWith(`blob:${host}/`)) return `blob:${scheme}${url.slice(`blob:${host}`.length)}`
  return url.startsWith(`${host}/`) ? scheme + url.slice(host.length) : url
}
