/** The page's own address. Its origin is the text "null" for Node, so scheme and host are compared. */
export const pageScheme = 'app'
const pageHost = 'bundle'
export const pageUrl = `${pageScheme}://${pageHost}/`

export function isPage(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host } = new URL(url)
  return protocol === `${pageScheme}:` && host === pageHost
}
