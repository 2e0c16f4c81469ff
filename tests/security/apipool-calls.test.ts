/** T12: a user of the apipool-server who may call through a pool, but not read its keys, and wants them all the same. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openRig, type Rig, secretOf } from '../remote/server/rig.ts'

async function callerOf(rig: Rig) {
  await rig.addPool('main', [1])
  await rig.addUser('caller', { pools: ['main'] })
  const { access_token: token } = await rig.login('caller')
  return (kwargs: object = {}) =>
    rig.call('POST', '/api/v1/proxy/main/invoke', { token, body: { attr_path: ['get'], args: ['/x'], kwargs } })
}

const stars = '*'.repeat(secretOf(1).length)
const json = { 'content-type': 'application/json' }
const escaped = (text: string) => text.replaceAll(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)('an upstream that says again what it was sent, in %s, gives no key away', async (coding, encode) => {
  const rig = await openRig()
  const call = await callerOf(rig)
  rig.upstream.says(({ headers }) => ({
    headers: { ...json, 'content-encoding': coding },
    body: encode(JSON.stringify({ said: headers.authorization })),
  }))
  for (const kwargs of [{}, { headers: { 'Accept-Encoding': coding } }]) {
    const { json: got, text } = await call(kwargs)
    expect(got).toMatchObject({ success: true, data: { data: { said: `Bearer ${stars}` } } })
    expect(text).not.toContain(secretOf(1))
  }
})

test('nor one that writes it letter by letter, or in a text, or as a name', async () => {
  const rig = await openRig()
  const call = await callerOf(rig)
  for (const body of [
    `{"said":"${escaped(secretOf(1))}","n":1}`,
    `{"${escaped(secretOf(1))}":{"deep":["${secretOf(1)}"]}}`,
    `"\\"${escaped(secretOf(1))}\\""`,
    `no JSON \\ ${secretOf(1)}`,
    `data: {"said":"${escaped(secretOf(1))}"}\n\ndata: \\[DONE]\n\n`,
  ]) {
    rig.upstream.says(() => ({ headers: json, body }))
    const { json: got, text } = await call()
    expect(got.success).toBe(true)
    expect(text).toContain(stars)
    expect(text).not.toContain(secretOf(1))
  }
})

test('an answer without the key stays as it is, backslashes and all', async () => {
  const rig = await openRig()
  const call = await callerOf(rig)
  rig.upstream.says(() => ({ headers: json, body: '{"path":"C:\\\\x","text":"a\\u0000b\\n","n":1.50}' }))
  expect((await call()).json.data.data).toEqual({ path: 'C:\\x', text: 'a\0b\n', n: 1.5 })
})
