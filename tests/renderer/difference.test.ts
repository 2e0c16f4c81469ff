import { expect, test } from 'vitest'
import { settingsSchema } from '../../src-preload/contract/index.ts'
import { differenceOf } from '../../src-renderer/parts/difference/difference.ts'
import { faultsAt, syntaxFault } from '../../src-renderer/parts/json-editor/json-lines.ts'
import { jsonOfSettings, settingsOfJson } from '../../src-renderer/screens/settings/settings-json.ts'

test.each([
  ['the same', ['a', 'b'], ['a', 'b'], null],
  ['a value', ['8787'], ['9000'], { before: ['8787'], after: ['9000'] }],
  ['a line more', ['a'], ['a', 'b'], { before: [], after: ['b'] }],
  ['a line less', ['a', 'b'], ['b'], { before: ['a'], after: [] }],
  ['one of two equal lines', ['a', 'a'], ['a'], { before: ['a'], after: [] }],
  ['another order', ['a', 'b'], ['b', 'a'], { before: ['a', 'b'], after: ['b', 'a'] }],
])('a difference of lines: %s', (_name, before, after, expected) => {
  expect(differenceOf('x', before, after)).toEqual(expected && { name: 'x', ...expected })
})

const text = `{
  "name": "a, \\"b\\": {",
  "config": {
    "limits": {
      "gpt-4.1": { "rpm": -1 },
      "*": {}
    },
    "fallback": [
      { "model": "*", "then": ["x"] },
      { "model": "y",
        "then": [] }
    ],
    "nothing": null
  }
}`

test.each([
  ['name', 2],
  ['config.limits.gpt-4.1.rpm', 5],
  ['config.limits.*', 6],
  ['config.fallback.0.then.0', 9],
  ['config.fallback.1', 10],
  ['config.fallback.1.then', 11],
  ['config.nothing', 13],
  ['config.missing', 3],
  ['auth.name', 1],
  ['', 1],
])('the line of %s', (path, line) => {
  expect(faultsAt(text, [{ path, message: 'm' }])).toEqual([{ path, message: 'm', line }])
})

test('faults come from the top, and a text that is no JSON has its fault where the browser says', () => {
  const issues = ['config', 'name'].map((path) => ({ path, message: 'm' }))
  expect(faultsAt(text, issues).map(({ path }) => path)).toEqual(['name', 'config'])
  const said = (broken: string) => {
    try {
      return String(JSON.parse(broken))
    } catch (error) {
      return syntaxFault(broken, (error as Error).message).line
    }
  }
  expect(said('{\n  "a": 1,\n  b\n}')).toBe(3)
  expect(said('{\n  "a": 1')).toBe(2)
  expect(syntaxFault('{\n\n}', 'somewhere').line).toBe(3)
})

test('settings go through JSON without loss; what is left out has its default, what is unknown is named', () => {
  const settings = settingsSchema.parse({
    theme: 'dark',
    retentionDays: 7,
    prices: [{ provider: '*', model: 'm', input: 1, output: 0 }],
  })
  const { theme: _theme, language: _language, notices: _notices, ...rest } = settings
  expect(settingsOfJson(jsonOfSettings(settings))).toEqual({ settings: rest })
  expect(JSON.parse(jsonOfSettings(settings))).toEqual({ retentionDays: 7, prices: settings.prices })
  expect(settingsOfJson('{"theme":"dark","retentionDays":0}')).toMatchObject({
    issues: [{ path: 'retentionDays' }, { path: 'theme' }],
  })
  expect(settingsOfJson('{')).toHaveProperty('notJson')
})
