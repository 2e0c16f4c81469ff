/** T5: an upstream whose translated answer never ends. */
import { expect, test } from 'vitest'
import { translate } from '../../src-main/gateway/index.ts'

test.each([
  ['text', '{"content":"LETTERS"}'],
  ['thoughts', '{"reasoning_content":"LETTERS"}'],
  ['arguments', '{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"LETTERS"}}]}'],
])('%s without end are not gathered without end', (_, delta) => {
  const conversation = { model: 'm', input: 'hi', stream: true }
  const bytes = Buffer.from(JSON.stringify(conversation))
  const given = { model: null, stream: true }
  const { answer } = translate({ from: 'responses', to: 'chat', bytes, body: conversation, model: 'm', given })
  const stream = answer?.stream()
  const piece = Buffer.from(
    `data: {"id":"x","choices":[{"index":0,"delta":${delta.replace('LETTERS', 'x'.repeat(1024 * 1024))}}]}\n\n`,
  )
  let last = ''
  for (let sent = 0; sent < 80 && !last.includes('ANSWER_TOO_LARGE'); sent++)
    last = Buffer.from(stream?.push(piece) ?? []).toString()
  expect(last).toContain('ANSWER_TOO_LARGE')
  expect(stream?.push(piece)).toHaveLength(0)
  expect(stream?.end()).toHaveLength(0)
})
