/** A task apart from who asks it: models, prompt, request, answer, files, result. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Ask, qualityChains, type Reply, runTask, type TaskOptions } from '../../src-main/task/index.ts'
import { settingsSchema } from '../../src-preload/contract/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'keywheel-task-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, content?: string | Buffer) => {
  const path = join(folder, name)
  if (content !== undefined) writeFileSync(path, content)
  return path
}

const says = (text: string, more: object = {}): Reply => ({
  kind: 'answer',
  body: { candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }], ...more },
  keyId: 'k1',
  model: null,
})

/** Runs a task against replies in order (the last one stays), and tells what was asked. */
async function put(task: string, options: TaskOptions, ...replies: Reply[]) {
  const asked: { model: string; body: Record<string, unknown> }[] = []
  const progress: string[] = []
  const ask: Ask = async (model, body) => {
    asked.push({ model, body })
    return (replies.length > 1 ? replies.shift() : replies[0]) ?? says('fine')
  }
  const deps = { ask, chains: qualityChains, backend: 'library', now: () => 0 } as const
  const end = await runTask(task, { ...options, onProgress: (message) => progress.push(message) }, deps)
  return { ...end, asked, models: asked.map(({ model }) => model), progress }
}

const cannot: Reply = { kind: 'model', message: 'no.', keyId: 'k1' }
const noKey: Reply = { kind: 'no-key', message: 'none is ready.', keyId: null }

describe('which models are asked', () => {
  test('those of the quality, in order; standard unless told; as the settings have them by default', async () => {
    expect((await put('x', {}, cannot)).models).toEqual(qualityChains.standard)
    expect((await put('x', { quality: 'draft' }, cannot)).models).toEqual(qualityChains.draft)
    expect(settingsSchema.parse({}).quality).toEqual(qualityChains)
  })

  test.each([
    ['gemini-3-pro', ['gemini-3-pro-preview', 'gemini-3-flash-preview', 'gemini-2.5-flash', 'gemini-3.1-flash-lite-preview']],
    ['gemini-3.1-flash', ['gemini-3.1-flash-lite-preview']],
    ['gemini-3.1-flash-image', ['gemini-3.1-flash-image-preview']],
    ['gemini-3.1-pro-customtools', ['gemini-3.1-pro-preview-customtools']],
    ['gemma-3-1b-it', ['gemma-3-1b-it', 'gemma-3-4b-it', 'gemma-3-12b-it', 'gemma-3-27b-it', 'gemini-3.1-flash-lite-preview']],
    ['claude-sonnet-4-5', ['claude-sonnet-4-5']],
    ['constructor', ['constructor']],
  ])('%s by its API name, then what stands in for it', async (model, chain) => {
    expect((await put('x', { model }, cannot)).models).toEqual(chain)
  })

  test('one that makes images where an image is wanted, unless a model is named', async () => {
    const imageOutput = file('out.png')
    expect((await put('x', { imageOutput }, cannot)).models).toEqual(['gemini-2.5-flash-image', 'gemini-3.1-flash-image-preview'])
    expect((await put('x', { imageOutput, model: 'my-model' }, cannot)).models).toEqual(['my-model'])
  })

  test('the next one after a model that cannot, lacks a key or gives an empty answer; none after what would not change', async () => {
    const empty: Reply = { kind: 'answer', body: { promptFeedback: { blockReason: 'SAFETY' } }, keyId: 'k1', model: null }
    const { result, models } = await put('x', {}, noKey, empty, says('at last'))
    expect(models).toHaveLength(3)
    expect(result).toMatchObject({ success: true, output: 'at last', modelUsed: models[2], error: null })
    for (const kind of ['unreachable', 'denied', 'stopped'] as const) {
      const { failure, models: tried } = await put('x', {}, { kind, message: 'over.', keyId: null })
      expect({ failure, tried: tried.length }).toEqual({ failure: kind, tried: 1 })
    }
  })

  test('no key for any model is told apart from a model that could not', async () => {
    expect((await put('x', {}, noKey)).failure).toBe('no-key')
    const { failure, result } = await put('x', {}, noKey, cannot, noKey)
    expect(failure).toBe('model')
    expect(result).toMatchObject({ success: false, output: null, modelUsed: null, keyId: 'k1' })
    expect(result.error).toContain('gemini-2.5-flash: no.')
  })
})

describe('what a model is told', () => {
  const partsOf = (body: Record<string, unknown> | undefined) => (body as { contents: [{ parts: object[] }] }).contents[0].parts

  test('context, task and expectation, with rules between them', async () => {
    const contextFile = file('context.md', 'Ürgent facts')
    const { asked } = await put('Sum up.', { quality: 'draft', contextFile })
    const [{ text }] = partsOf(asked[0]?.body) as [{ text: string }]
    expect(text.split('\n\n---\n\n')).toEqual([
      '# Context\n\nÜrgent facts',
      '# Task\n\nSum up.',
      expect.stringMatching(/^# Quality Expectation\n\nA quick draft/),
    ])
  })

  test('nothing about quality where only a model is named', async () => {
    const { asked } = await put('Sum up.', { model: 'gemini-2.5-flash' })
    expect(partsOf(asked[0]?.body)).toEqual([{ text: '# Task\n\nSum up.' }])
    expect(asked[0]?.body).not.toHaveProperty('generationConfig')
  })

  test.each([
    ['a.PNG', 'image/png'],
    ['a.jpeg', 'image/jpeg'],
    ['a.webp', 'image/webp'],
    ['a.heic', 'image/heic'],
    ['a.gif', 'image/gif'],
    ['a.bin', 'image/jpeg'],
  ])('an image %s as %s', async (name, mimeType) => {
    const imageFile = file(name, Buffer.from([1, 2, 255]))
    const { asked } = await put('Look.', { imageFile })
    expect(partsOf(asked[0]?.body)[1]).toEqual({ inlineData: { mimeType, data: 'AQL/' } })
  })

  test('how much to think, by quality, only where the model is known to', async () => {
    const thinking = async (options: TaskOptions) => (await put('x', options)).result.thinkingConfig
    expect(await thinking({ quality: 'draft' })).toEqual({ thinkingBudget: 2000 })
    expect(await thinking({ quality: 'standard' })).toEqual({ thinkingBudget: 8000 })
    expect(await thinking({ quality: 'research', captureThinking: true })).toEqual({ thinkingBudget: -1, includeThoughts: true })
    expect(await thinking({ quality: 'production', model: 'pool/gemini-2.5-pro' })).toEqual({ thinkingBudget: -1 })
    for (const model of ['gemma-3-27b-it', 'gpt-5-mini', 'gemini-2.5-flash-image', 'gemini-2.0-flash']) {
      expect({ model, thinking: await thinking({ quality: 'production', model }) }).toEqual({ model, thinking: null })
    }
  })

  test('tools and a system prompt where they are wanted', async () => {
    const { asked } = await put('x', { enableTools: true, systemPrompt: 'Be brief.' })
    expect(asked[0]?.body).toMatchObject({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [{ googleSearch: {} }, { codeExecution: {} }],
    })
    expect((await put('x', {})).asked[0]?.body).not.toHaveProperty('tools')
  })
})

describe('what an answer says', () => {
  test('text, thoughts, tools that were used and tokens', async () => {
    const parts = [
      { text: 'hm', thought: true },
      { text: 'Hello ' },
      { executableCode: { code: '1+1' } },
      { codeExecutionResult: { output: '2' } },
      { text: 'world' },
    ]
    const { result } = await put(
      'x',
      { captureThinking: true },
      {
        kind: 'answer',
        body: {
          candidates: [{ content: { parts }, finishReason: 'STOP', groundingMetadata: {} }],
          usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, thoughtsTokenCount: 11 },
        },
        keyId: 'k2',
        model: 'gemini-2.5-flash',
      },
    )
    expect(result).toEqual({
      success: true,
      output: 'Hello world',
      modelUsed: 'gemini-2.5-flash',
      keyId: 'k2',
      error: null,
      imagePath: null,
      thinkingConfig: { thinkingBudget: 8000, includeThoughts: true },
      toolsUsed: ['google_search', 'code_execution'],
      tokensIn: 7,
      tokensOut: 3,
      durationMs: 0,
      backend: 'library',
      thinkingTrace: 'hm',
      thinkingTokens: 11,
    })
  })

  test('an answer that was cut short is said to be', async () => {
    const cut: Reply = {
      ...(says('half') as Extract<Reply, { kind: 'answer' }>),
      body: { candidates: [{ content: { parts: [{ text: 'half' }] }, finishReason: 'MAX_TOKENS' }] },
    }
    const { result, progress } = await put('x', {}, cut)
    expect(result).toMatchObject({ success: true, output: 'half', tokensIn: null })
    expect(progress.join()).toContain('cut short')
  })

  test.each([[null], [[]], ['text'], [{ candidates: 'none' }], [{ candidates: [{ content: { parts: [{ text: 1 }, null] } }] }]])(
    'what is no answer is a failure of the model: %j',
    async (body) => {
      const { failure, result } = await put('x', {}, { kind: 'answer', body, keyId: 'k1', model: null })
      expect(failure).toBe('model')
      expect(result.error).toContain('gave no text')
    },
  )
})

describe('files', () => {
  const image = says('here', { candidates: [{ content: { parts: [{ text: 'here' }, { inlineData: { data: 'AQL/' } }] } }] })

  test('text and image are written where they are wanted', async () => {
    const [output, imageOutput] = [file('answer.txt'), file('picture.png')]
    const { result } = await put('x', { output, imageOutput }, image)
    expect(result).toMatchObject({ success: true, imagePath: imageOutput })
    expect(readFileSync(output, 'utf8')).toBe('here')
    expect([...readFileSync(imageOutput)]).toEqual([1, 2, 255])
  })

  test('a model that gives no image when one is wanted has failed', async () => {
    const { result, failure } = await put('x', { imageOutput: file('none.png') }, says('I cannot draw'))
    expect(failure).toBe('model')
    expect(result.error).toContain('gave no image')
  })

  test('an answer that cannot be written after all is still given', async () => {
    const output = join(folder, 'going', 'answer.txt')
    const gone = mkdtempSync(join(folder, 'going'))
    const target = join(gone, 'answer.txt')
    const ask: Ask = async () => {
      rmSync(gone, { recursive: true })
      return says('precious')
    }
    const deps = { ask, chains: qualityChains, backend: 'library', now: () => 0 } as const
    const { result, failure } = await runTask('x', { output: target }, deps)
    expect({ output, failure, result }).toMatchObject({
      failure: 'stopped',
      result: { success: false, output: 'precious', error: expect.stringContaining('ENOENT') },
    })
  })

  test.each([
    ['task', ' ', {}],
    ['quality', 'x', { quality: 'best' }],
    ['model', 'x', { model: ' ' }],
    ['contextFile', 'x', { contextFile: '/nonexistent/file' }],
    ['imageFile', 'x', { imageFile: '/' }],
    ['output', 'x', { output: '/nonexistent/file' }],
    ['imageOutput', 'x', { imageOutput: '/' }],
  ])('a wrong %s is refused before anything is asked', async (field, task, options) => {
    let asked = 0
    const ask: Ask = async () => says(String(asked++))
    const deps = { ask, chains: qualityChains, backend: 'library', now: () => 0 } as const
    await expect(runTask(task, options as TaskOptions, deps)).rejects.toMatchObject({ name: 'TaskInputError', field })
    expect(asked).toBe(0)
  })
})
