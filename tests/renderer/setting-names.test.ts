/** Every setting with an explanation is found by name in the palette, in both languages. */
import { expect, test } from 'vitest'
import { settingNames } from '../../src-renderer/commands/setting-names.ts'
import { en } from '../../src-renderer/i18n/en/index.ts'
import { zh } from '../../src-renderer/i18n/zh/index.ts'
import { settingsSections } from '../../src-renderer/route.ts'

test('single settings and titled cards are named with their section', () => {
  const names = settingNames(en.settings, settingsSections)
  expect(names).toContainEqual({ section: 'proxy', id: 'proxy.port', label: 'Port' })
  expect(names).toContainEqual({ section: 'network', id: 'network.caFile', label: 'Further certificate authorities' })
  expect(names).toContainEqual(expect.objectContaining({ section: 'models', id: 'prices' }))
  expect(new Set(names.map(({ id }) => id)).size).toBe(names.length)
  expect(settingNames(zh.settings, settingsSections).map(({ id }) => id)).toEqual(names.map(({ id }) => id))
})
