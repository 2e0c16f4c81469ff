/** Colours, type, corners and motion come from the theme; a screen only names them. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Every place where a pattern stands, as `file: text`. */
function found(files: string, pattern: RegExp): string[] {
  return globSync(files, { exclude: ['src-renderer/theme.ts'] }).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(pattern)].map(([text]) => `${file}: ${text}`),
  )
}

const colours = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/gi

test('no style sheet has a colour of its own', () => {
  expect(found('src-renderer/**/*.css', colours)).toEqual([])
})

test('no component has a colour of its own', () => {
  expect(found('src-renderer/**/*.{ts,tsx}', /['"`](?:#(?:[0-9a-f]{3,4}){1,2}|(?:rgb|hsl)a?\([^'"`]*)['"`]/gi)).toEqual([])
})

test.each([
  ['sizes of type', /font-size:\s*[\d.]+(?:px|rem|em)/g],
  ['corners', /border-radius:\s*[\d.]+px/g],
  ['lengths of motion', /(?:transition|animation)[^;]*\b[\d.]+m?s\b/g],
])('%s come from the theme', (_, pattern) => {
  expect(found('src-renderer/**/*.css', pattern)).toEqual([])
})
