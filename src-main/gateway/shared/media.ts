/** Media as the URLs by which OpenAI's formats give them. */
import type { Media } from '../types.ts'

/** `data:image/png;base64,…` or an http(s) URL; null = neither. */
export function mediaFromUrl(url: string): Media | null {
  if (/^https?:\/\//i.test(url)) return { mime: null, url }
  const comma = url.indexOf(',')
  const head = comma === -1 ? '' : url.slice(0, comma)
  const match = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w-]+=[^;,]*)*;base64$/i.exec(head)
  return match === null ? null : { mime: (match[1] as string).toLowerCase(), data: url.slice(comma + 1) }
}

export function urlOf(media: Media): string {
  return 'url' in media ? media.url : `data:${media.mime};base64,${media.data}`
}
