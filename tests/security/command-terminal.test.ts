/** An upstream whose words are printed by a command: a terminal obeys control characters. */
import { expect, test, vi } from 'vitest'
import { say, table } from '../../src-main/command/print.ts'

const evil = 'bad\u001b]0;owned\u0007\u001b[2J\r\u009b31m\u202etxt\nkeywheel: all is well'

test('progress and complaints are one line without control characters', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  say(evil)
  const [said] = write.mock.calls.map(([text]) => String(text))
  write.mockRestore()
  expect(said).toMatch(/^keywheel: bad\?.*\n$/)
  expect(said?.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('names in tables have none', () => {
  expect(
    table(['NAME'], [[evil]])
      .split('\n')
      .slice(1)
      .join(''),
  ).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})
