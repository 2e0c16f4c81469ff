/** Whose API a request speaks, and the errors that it gets from Keywheel itself. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiFormat, detectFormat, localError } from '../../src-main/providers/index.ts'

describe('detectFormat', () => {
  it.each<[string, Record<string, string>, ApiFormat]>([
    ['/v1/messages', {}, 'anthropic'],
    ['/v1/messages/count_tokens?beta=true', {}, 'anthropic'],
    ['/chat/completions', { 'x-api-key': 'k' }, 'openai'],
    ['/v1/responses', {}, 'openai'],
    ['/v1beta/models/x:generateContent', {}, 'gemini'],
    ['/v1/models', { 'anthropic-version': '2023-06-01' }, 'anthropic'],
    ['/v1/models', { 'x-goog-api-key': 'k' }, 'gemini'],
    ['/v1/models', {}, 'plain'],
    ['/search?q=/v1/messages', {}, 'plain'],
  ])('%s %j is %s', (path, headers, format) => {
    expect(detectFormat(path, (name) => headers[name], 'plain')).toBe(format)
  })
})

describe('localError', () => {
  const statuses = [400, 401, 403, 404, 413, 429, 500, 502, 503, 504]
  let status = 0
  let url = ''
  const server = createServer((request, response) => {
    const format = detectFormat(request.url ?? '', (name) => request.headers[name]?.toString(), 'openai')
    const { headers, body } = localError(format, status, 'SOME_CODE', 'Said by Keywheel.')
    response.writeHead(status, headers).end(body)
  })
  beforeAll(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it.each(statuses)('%d is understood by the three SDKs', async (code) => {
    status = code
    const messages = [{ role: 'user' as const, content: 'hi' }]
    const openai = new OpenAI({ apiKey: 'k', baseURL: url, maxRetries: 0 })
    await expect(openai.chat.completions.create({ model: 'm', messages })).rejects.toMatchObject({
      status: code,
      code: 'SOME_CODE',
      message: expect.stringContaining('Said by Keywheel.') as string,
    })
    const anthropic = new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0 })
    await expect(anthropic.messages.create({ model: 'm', max_tokens: 1, messages })).rejects.toMatchObject({
      status: code,
      error: { type: 'error', error: { message: 'Said by Keywheel.' } },
    })
    const google = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } } })
    await expect(google.models.generateContent({ model: 'm', contents: 'hi' })).rejects.toMatchObject({
      status: code,
      message: expect.stringContaining('Said by Keywheel.') as string,
    })
  })

  it('is plain JSON for everybody else', () => {
    expect(JSON.parse(localError('plain', 404, 'POOL_NOT_FOUND', 'No.').body)).toEqual({
      error: { code: 'POOL_NOT_FOUND', message: 'No.' },
    })
  })
})
