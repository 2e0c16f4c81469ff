/** JSON whose large integers survive. */
import { expect, test } from 'vitest'
import { largeInteger, parseExact } from '../../src-main/base/exact-json.ts'

test.each([
  '{"id":1234567890123456789}',
  '[-9007199254740993,9007199254740993,123456789012345678901234567890]',
  '{"a":{"b":[9007199254740993]},"__proto__":{"c":9007199254740993}}',
])('%s is written as it was read', (text) => {
  expect(JSON.stringify(parseExact(text))).toBe(text)
})

test('what a number can hold is one', () => {
  const text = '[0,-1,1.5,9007199254740991,1e30,"1234567890123456789",null,true,0.1234567890123456]'
  expect(parseExact(text)).toEqual(JSON.parse(text))
  expect(parseExact('7')).toBe(7)
})

test('only a large integer has digits', () => {
  const [large, ...others] = parseExact('[1234567890123456789,1,"1234567890123456789",null,{"rawJSON":"1"}]') as unknown[]
  expect(largeInteger(large)).toBe('1234567890123456789')
  expect(others.map((value) => largeInteger(value))).toEqual([null, null, null, null])
})

test('what is no JSON is refused as ever', () => {
  expect(() => parseExact('{"id":1234567890123456789')).toThrow(SyntaxError)
})
