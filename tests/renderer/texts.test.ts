import { expect, test } from 'vitest'
import { errorTable } from '../../src-preload/contract/index.ts'
import { en } from '../../src-renderer/i18n/en/index.ts'
import { createI18n } from '../../src-renderer/i18n/index.ts'
import { zh } from '../../src-renderer/i18n/zh/index.ts'

type Texts = { [key: string]: string | Texts }

/** Every text by its dotted path. */
function flat(texts: Texts, path = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : flat(value, `${path}${key}.`),
  )
}

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map(([, name = '']) => name)
    .toSorted((a, b) => a.localeCompare(b))
    .join()
const english = new Map(flat(en))
const chinese = new Map(flat(zh))

test('every Chinese text has the placeholders of the English one', () => {
  const different = [...chinese].filter(([path, text]) => placeholders(text) !== placeholders(english.get(path) ?? ''))
  expect(different).toEqual([])
})

test('no text is empty, and only singular forms are missing in Chinese', () => {
  expect([...english, ...chinese].filter(([, text]) => text.trim() === '')).toEqual([])
  expect([...english.keys()].filter((path) => !chinese.has(path) && !path.endsWith('_one'))).toEqual([])
})

test('every error code says what happened and what to do, in both languages', async () => {
  for (const language of ['en', 'zh'] as const) {
    const { t } = await createI18n(language)
    for (const code of Object.keys(errorTable) as (keyof typeof errorTable)[]) {
      expect(t(`errors:${code}.what`)).not.toContain(code)
      expect(t(`errors:${code}.do`)).not.toContain(code)
    }
  }
})

test('plural forms follow the language', async () => {
  expect((await createI18n('en')).t('keys:deleted', { count: 1 })).toBe('1 key deleted')
  expect((await createI18n('en')).t('keys:deleted', { count: 2 })).toBe('2 keys deleted')
  expect((await createI18n('zh')).t('keys:deleted', { count: 1 })).toBe('已删除 1 个密钥')
})
