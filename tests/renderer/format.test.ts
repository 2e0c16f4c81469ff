import { expect, test } from 'vitest'
import {
  formatAge,
  formatBytes,
  formatCountdown,
  formatDuration,
  formatList,
  formatMoney,
  formatNames,
  formatPercent,
  formatShort,
} from '../../src-renderer/format.ts'

test('what nobody knows is a dash, never zero', () => {
  expect(formatMoney(null, 'en')).toBe('—')
  expect(formatShort(null, 'en')).toBe('—')
  expect(formatDuration(null, 'en')).toBe('—')
  expect(formatMoney(0, 'en')).toBe('$0.00')
})

test('small sums keep the digits that tell them from nothing', () => {
  expect(formatMoney(1_500, 'en')).toBe('$0.000002')
  expect(formatMoney(23_456_000, 'en')).toBe('$0.023')
  expect(formatMoney(12_345_678_900, 'en')).toBe('$12.35')
})

test('a share just below one is never shown as all of it', () => {
  expect(formatPercent(0.99999, 'en')).toBe('99.9%')
  expect(formatPercent(1, 'en')).toBe('100%')
})

test('times have at most two units, and count down to zero', () => {
  expect(formatCountdown(200_000, 'en')).toBe('3m 20s')
  expect(formatCountdown(7_500_000, 'en')).toBe('2h 5m')
  expect(formatCountdown(3_600_000, 'en')).toBe('1h')
  expect(formatCountdown(1, 'en')).toBe('1s')
  expect(formatCountdown(-5000, 'en')).toBe('0s')
  expect(formatDuration(340, 'en')).toBe('340 ms')
  expect(formatDuration(4_240, 'en')).toBe('4.2 sec')
  expect(formatDuration(59_990, 'en')).toBe('1m')
})

test('ages have one unit', () => {
  expect(formatAge(59_000, 'en')).toBe('59s')
  expect(formatAge(3_599_000, 'en')).toBe('59m')
  expect(formatAge(90_000_000, 'en')).toBe('1d')
})

test('sizes use the largest unit that fits', () => {
  expect(formatBytes(0, 'en')).toBe('0 byte')
  expect(formatBytes(1_200_000, 'en')).toBe('1 MB')
})

test('names in a sentence and values after a colon are joined as each language does', () => {
  const names = ['main', 'backup', 'demo']
  expect(formatNames(names, 'en')).toBe('main, backup and demo')
  expect(formatNames(names, 'zh')).toBe('main、backup和demo')
  expect(formatNames(names.slice(0, 1), 'zh')).toBe('main')
  expect(formatList(names, 'en')).toBe('main, backup, demo')
  expect(formatList(names, 'zh')).toBe('main、backup、demo')
  expect(formatList([], 'zh')).toBe('')
})
