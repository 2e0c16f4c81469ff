/** The Chinese of what the application says in its own English sentences, held against the sources that say it. */
import { globSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { said, speak } from '../../src-renderer/i18n/said.ts'
import { said as chinese } from '../../src-renderer/i18n/zh/said.ts'

afterEach(() => speak(null))

const phrases = Object.entries(chinese.phrases)
const placeholders = (text: string) => [...new Set(text.match(/\{\d\}/g))].toSorted().join()

/** A text of a source with its `${…}`, as an application might say it. */
const spoken = (source: string) => source.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'x').replaceAll(/\\(['"`])/g, '$1')

/** A string or template; its text is the second group. */
const quoted = /(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g

/** Every string and template of these files. */
function textsOf(...patterns: string[]): string[] {
  return patterns
    .flatMap((pattern) => globSync(pattern))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(quoted)])
    .map(([, , text = '']) => text)
}

describe('a sentence of the application', () => {
  test('is in English as it was said, and in Chinese once that is spoken', () => {
    const sentence = 'There is no D-Bus session here, so no OS keychain can be reached.'
    expect(said(sentence)).toBe(sentence)
    speak(chinese)
    expect(said(sentence)).toBe('这里没有 D-Bus 会话，无法使用系统钥匙串。')
    speak(null)
    expect(said(sentence)).toBe(sentence)
  })

  test('keeps its names and numbers, and a sentence within it is said as well', () => {
    speak(chinese)
    expect(said('Port 8787 is in use on 127.0.0.1. Port 8788 is free.')).toBe(
      '端口 8787 在 127.0.0.1 上已被占用。端口 8788 空闲。',
    )
    expect(said('The server says: The vault is locked.')).toBe('服务器说：保险库已锁定。')
    expect(said('declare {{topic}} among the variables')).toBe('请在变量中声明 {{topic}}')
  })

  test('may be one of several', () => {
    speak(chinese)
    expect(said('Put the key file back at /a/vault.key, or say where it is. Or enter the passphrase.')).toBe(
      '请将密钥文件放回 /a/vault.key，或指出它的位置。或者输入口令。',
    )
  })

  test('of a provider stays in the provider’s own words, whole', () => {
    speak(chinese)
    for (const words of ['Incorrect API key provided.', 'Rate limit reached. The vault is locked.', '', 'ECONNREFUSED']) {
      expect(said(words)).toBe(words)
    }
  })
})

describe('the Chinese phrase book', () => {
  test('has the placeholders of the English', () => {
    expect(
      phrases.filter(([english, words]) => placeholders(words) !== placeholders(english) && !english.includes('expected')),
    ).toEqual([])
  })

  test('translates nothing that nobody says', () => {
    const browser = / JSON( |$)/
    const heard = textsOf('src-main/**/*.ts', 'src-preload/contract/*.ts', 'node_modules/zod/v4/locales/en.js')
      .map(spoken)
      .join('\n')
    // Put together of parts: how much of a limit is used, what a call is larger than, zod's amounts.
    const putTogether =
      /(?:today|this month|in all)$|^Too (?:small|big)|^Invalid (?:input|email)|^Unrecognized|^This call is probably|^there is no (?:pool|prompt)|^Invalid key|^The budget of this/
    const parts = (english: string) =>
      english
        .split(/\{\d\}|[.:;?] |[).]+$/)
        .map((part) => part.replaceAll(/^\W+|\W+$/g, ''))
        .filter((part) => /[a-z]{3,} [a-z]{2,}/i.test(part))
    const sentences = phrases
      .map(([english]) => english)
      .filter((english) => !browser.test(english) && !putTogether.test(english))
    expect(sentences.flatMap(parts).filter((part) => !heard.includes(part))).toEqual([])
  })

  test('has every complaint that a field can be given', () => {
    speak(chinese)
    const zodOwn = [
      z.number().min(1).safeParse(0),
      z.number().max(1).safeParse(2),
      z.number().int().safeParse(1.5),
      z.number().safeParse(''),
      z.number().safeParse(Number.NaN),
      z.string().min(1).safeParse(''),
      z.string().min(3).safeParse(''),
      z.string().max(1).safeParse('xx'),
      z.string().safeParse(undefined),
      z.string().safeParse(1),
      z.boolean().safeParse(1),
      z.array(z.number()).max(1).safeParse([1, 2]),
      z.record(z.string(), z.number()).safeParse(null),
      z.strictObject({}).safeParse({ a: 1 }),
      z.enum(['a', 'b']).safeParse('c'),
      z.email().safeParse('x'),
    ].map(({ error }) => error?.issues[0]?.message ?? '')
    const contract = textsOf('src-preload/contract/*.ts').filter((text) =>
      /^(?:use|give|name|put|paste|a key is|it must|there is|this name) /.test(text),
    )
    const refusals = [
      ...readFiles('src-main/{services,vault,base}/**/*.ts').matchAll(
        /(?:\binvalid\([^,]+?,\s*|\bunsafe\(|message: |reason: )(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g,
      ),
    ].map(([, , text = '']) => text)
    const notForScreens =
      /^(?:give the nextCursor|name the pool|.*sent at once|our own document|single keys go|is there twice; give|give origins only|status x|no models in|plain|the key itself is in|x Or lock the keys|it names the variable x; x|give an address such as https:..api.example.com$|enter the)/
    const untold = [...zodOwn, ...contract, ...refusals]
      .map((text) => spoken(text))
      .filter((text) => /[a-z]{2,} [a-z]/.test(text) && !notForScreens.test(text) && said(text) === text)
    expect(untold).toEqual([])
  })

  test('has what the database and the conversion between formats say to a person', () => {
    speak(chinese)
    // Only a program reads why its own request is no proper one; a person asks by the Playground, and sees how answers fail.
    const told = [
      ...textsAfter('src-main/storage/*.ts', /KeywheelError\(\s*'\w+',\s*|cannotOpen\(\s*'[\w-]+',\s*|damaged\([^,]+, |\bfail\(/),
      ...textsAfter('src-main/gateway/**/*.ts', /\bmessage(?: =|:)[^'"`\n]* |\bbad\((?:follower, )?|\bunknownPart\(/),
      ...textsAfter('src-main/gateway/*/write-request.ts', /Untranslatable\(\s*[^,]+,\s*/).map((text) => `stop: ${text}`),
    ].map(spoken)
    expect(told.length).toBeGreaterThan(35)
    const untold = told.filter((text) => / [a-z]/.test(text) && !text.startsWith('Storage: ') && said(text) === text)
    expect(untold).toEqual([])
    expect(
      said(
        '/a/keywheel.db is damaged (it is empty). It was left as it is: put back a backup, or move the whole folder away to start anew.',
      ),
    ).toBe('/a/keywheel.db 已损坏（文件为空），保持原样。请放回备份，或把整个文件夹移走以重新开始。')
    expect(said("temperature: Anthropic's models take a temperature from 0 to 1.")).toBe(
      'temperature：Anthropic 的模型只接受 0 到 1 的温度。',
    )
  })
})

const readFiles = (pattern: string) =>
  globSync(pattern)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')

/** The texts that stand after `lead`. */
const textsAfter = (pattern: string, lead: RegExp) =>
  [...readFiles(pattern).matchAll(new RegExp(`(?:${lead.source})${quoted.source}`, 'g'))].map(([, , text = '']) => text)
