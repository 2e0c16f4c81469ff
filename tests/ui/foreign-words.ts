/** What a page in Chinese says in another language, apart from names: of people's own things, and those that the Chinese texts use too. */
import type { Page } from '@playwright/test'
import { zh } from '../../src-renderer/i18n/zh/index.ts'
import type { Host } from '../support/host.ts'

/** Units and zones as Intl writes them, sizes, words of JSON, and what machines call themselves. */
const everywhere = ['ms', 'UTC', 'GMT', 'kB', 'MB', 'GB', 'true', 'false', 'null', 'linux', 'x64', 'D-Bus']

/** Where something of its own kind stands: code, keys of the keyboard, what was typed. */
const elsewhere = 'code, pre, kbd, textarea, script, style'

/** Variables, paths, hosts, what is left of a key, constants, words that are quoted as they are written. */
const noWords = /\{\{\w+\}\}|\S*[/…]\S*|[\w-]+(?:\.[\w-]+)+|\b[A-Z]+_[A-Z_]+\b|"\w+"/g

const wordsOf = (text: string): string[] => text.replaceAll(noWords, ' ').match(/[A-Za-z][A-Za-z']+/g) ?? []

/** Every string in it; of an answer without what the application says of it in its own words. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => (name === 'problem' ? [] : [name, ...stringsIn(part)]))
}

/** Names of what is in this Keywheel, and the words of its providers in what it logged. */
export async function namesOf(host: Pick<Host, 'rest'>): Promise<ReadonlySet<string>> {
  const lists = [
    'pools',
    'keys?limit=200',
    'clients',
    'prompts',
    'routes',
    'models',
    'users',
    'remotes',
    'workspaces',
    'providers',
    'requests?limit=200',
    'approvals',
    'notices',
    'backups',
    'settings',
  ]
  const answers = await Promise.all(lists.map((list) => host.rest('GET', `/${list}`)))
  const known = [...everywhere, ...stringsIn(zh), ...answers.flatMap(({ body }) => stringsIn(body))]
  return new Set(known.flatMap(wordsOf).map((word) => word.toLowerCase()))
}

/** Texts and labels that can be seen or heard, with a word that is no name. */
export async function foreignTexts(page: Page, names: ReadonlySet<string>): Promise<string[]> {
  const texts = await page.evaluate((skipped) => {
    const labels = ['aria-label', 'title', 'placeholder', 'alt', 'data-tip']
    const latin = (text: string | null): text is string => text !== null && /[A-Za-z]{2}/.test(text)
    return [...document.body.querySelectorAll('*')].flatMap((element) => {
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent)
      const said = [...own, ...labels.map((label) => element.getAttribute(label))].filter(latin)
      return said.length > 0 && !element.closest(skipped) && element.checkVisibility() ? said : []
    })
  }, elsewhere)
  const isForeign = (text: string) => wordsOf(text).some((word) => !names.has(word.toLowerCase()))
  return [...new Set(texts)].filter((text) => text.length < 2000 && isForeign(text))
}
