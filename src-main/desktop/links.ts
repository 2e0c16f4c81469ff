/** Links that leave the window: to a known host in the person's browser, or nowhere. */
import { shell } from 'electron'

/** Where the providers hand out keys. The page's links come from its own build, but a name shown in it may be anyone's. */
const openable: ReadonlySet<string> = new Set([
  'platform.openai.com',
  'console.anthropic.com',
  'platform.claude.com',
  'aistudio.google.com',
  'ai.azure.com',
  'openrouter.ai',
  'platform.deepseek.com',
  'console.mistral.ai',
  'console.groq.com',
  'console.x.ai',
  'dashboard.cohere.com',
])
const longestLink = 2048

/** Opens a link in the browser if it is https, without credentials, to a known host and at most 2,048 characters; else nothing happens. */
export function openLink(url: string): boolean {
  if (url.length > longestLink || !URL.canParse(url)) return false
  const { protocol, host, username, password, href } = new URL(url)
  if (protocol !== 'https:' || username || password || !openable.has(host)) return false
  // A browser that cannot be started says so itself.
  shell.openExternal(href).catch(() => undefined)
  return true
}
