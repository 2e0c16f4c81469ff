/** Saved prompts: versions, publishing, retiring, and their OpenAPI. */
import { describe, expect, test } from 'vitest'
import type { PromptCreate } from '../../src-preload/contract/index.ts'
import { openHouse } from './house.ts'

function promptNamed(slug: string, changes: Partial<PromptCreate> = {}): PromptCreate {
  return {
    slug,
    name: 'Sum up',
    description: 'Sums up a text.',
    model: 'fast',
    messages: [
      { role: 'system', text: 'Answer in {{language}}.' },
      { role: 'user', text: 'Sum up: {{text}}' },
    ],
    variables: [
      { name: 'language', description: '', default: 'English' },
      { name: 'text', description: 'What is summed up.', default: null },
    ],
    parameters: { temperature: 0 },
    ...changes,
  }
}

describe('versions', () => {
  test('a change of what it says is a new version; callers keep the published one until the next is', async () => {
    const { prompts } = await openHouse()
    expect(await prompts.create(promptNamed('sum-up'), 'local')).toMatchObject({ state: 'draft', version: 1, published: null })
    expect(await prompts.publish('sum-up', undefined, 'local')).toMatchObject({ state: 'published', published: 1 })
    expect(await prompts.update('sum-up', { parameters: { temperature: 1 } }, 'local')).toMatchObject({
      version: 2,
      published: 1,
      parameters: { temperature: 1 },
      model: 'fast',
    })
    expect(prompts.versions('sum-up').map(({ version, parameters }) => [version, parameters.temperature])).toEqual([
      [2, 1],
      [1, 0],
    ])
    expect(await prompts.publish('sum-up', undefined, 'local')).toMatchObject({ published: 2 })
    expect(await prompts.publish('sum-up', 1, 'local')).toMatchObject({ published: 1, version: 2 })
    await expect(prompts.publish('sum-up', 3, 'local')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ path: 'version' }] },
    })
  })

  test('a change of its name, or of nothing, is none', async () => {
    const { prompts } = await openHouse()
    const { messages } = await prompts.create(promptNamed('sum-up'), 'local')
    expect(await prompts.update('sum-up', { name: 'New', messages }, 'local')).toMatchObject({ name: 'New', version: 1 })
    expect(prompts.versions('sum-up')).toHaveLength(1)
  })

  test('all of it is there after a restart', async () => {
    const house = await openHouse()
    await house.prompts.create(promptNamed('sum-up'), 'local')
    await house.prompts.publish('sum-up', 1, 'local')
    await house.prompts.update('sum-up', { model: 'main/gpt-4o' }, 'local')
    const before = [house.prompts.list(), house.prompts.versions('sum-up')]
    await house.close()
    const again = await openHouse({ dataDir: house.dataDir })
    expect([again.prompts.list(), again.prompts.versions('sum-up')]).toEqual(before)
    await again.prompts.remove('sum-up', 'local')
    await again.close()
    expect((await openHouse({ dataDir: house.dataDir })).prompts.list()).toEqual([])
  })
})

describe('variables', () => {
  test('those of the messages are declared, and the other way round', async () => {
    const { prompts } = await openHouse()
    const [language, text] = promptNamed('x').variables
    const refused = async (variables: PromptCreate['variables']) => {
      const error: unknown = await prompts.create(promptNamed('x', { variables }), 'local').catch((reason: unknown) => reason)
      return (error as { data: { fields: { path: string }[] } }).data.fields.map(({ path }) => path)
    }
    expect(
      await refused(
        [language, text]
          .filter((one) => one !== undefined)
          .toReversed()
          .slice(0, 1),
      ),
    ).toEqual(['messages.0.text'])
    expect(await refused([])).toEqual(['messages.0.text', 'messages.1.text'])
    const tone = { name: 'tone', description: '', default: null }
    expect(await refused([...promptNamed('x').variables, tone])).toEqual(['variables.2.name'])
    expect(await refused([...promptNamed('x').variables, ...promptNamed('x').variables.slice(0, 1)])).toEqual([
      'variables.2.name',
    ])
    await prompts.create(promptNamed('x'), 'local')
    await expect(prompts.update('x', { variables: [] }, 'local')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(prompts.versions('x')).toHaveLength(1)
  })
})

describe('retiring', () => {
  test('names a successor that is there, and never leads in a circle', async () => {
    const { prompts } = await openHouse()
    for (const slug of ['a', 'b', 'c']) {
      await prompts.create(promptNamed(slug), 'local')
      await prompts.publish(slug, undefined, 'local')
    }
    await expect(prompts.retire('a', 'nowhere', 'local')).rejects.toMatchObject({
      code: 'PROMPT_NOT_FOUND',
      data: { fields: [{ path: 'successor' }] },
    })
    await expect(prompts.retire('a', 'a', 'local')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await prompts.retire('a', 'b', 'local')).toMatchObject({ state: 'retired', successor: 'b', published: null })
    await prompts.retire('b', 'c', 'local')
    await expect(prompts.retire('c', 'a', 'local')).rejects.toMatchObject({ data: { fields: [{ path: 'successor' }] } })
    expect(await prompts.publish('a', undefined, 'local')).toMatchObject({ state: 'published', successor: null })
    expect(await prompts.retire('c', 'a', 'local')).toMatchObject({ successor: 'a' })
  })

  test('nobody is sent to a prompt that was deleted', async () => {
    const { prompts } = await openHouse()
    for (const slug of ['a', 'b']) await prompts.create(promptNamed(slug), 'local')
    await prompts.publish('a', undefined, 'local')
    await prompts.retire('a', 'b', 'local')
    await prompts.remove('b', 'local')
    expect(prompts.get('a')).toMatchObject({ state: 'retired', successor: null })
  })

  test('what was never published is deleted, not retired', async () => {
    const { prompts } = await openHouse()
    await prompts.create(promptNamed('a'), 'local')
    await expect(prompts.retire('a', null, 'local')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

test('a name is taken once; what is not there is not found', async () => {
  const { prompts } = await openHouse()
  await prompts.create(promptNamed('a'), 'local')
  await expect(prompts.create(promptNamed('a'), 'local')).rejects.toMatchObject({ code: 'PROMPT_TAKEN' })
  expect(() => prompts.get('b')).toThrow('There is no prompt "b".')
  expect(() => prompts.versions('b')).toThrow('There is no prompt "b".')
})

test('the OpenAPI document has the published prompts with the variables of their published versions', async () => {
  const house = await openHouse()
  await house.prompts.create(promptNamed('draft'), 'local')
  await house.prompts.create(promptNamed('sum-up'), 'local')
  await house.prompts.publish('sum-up', 1, 'local')
  const messages = [{ role: 'user' as const, text: 'hi' }]
  await house.prompts.update('sum-up', { messages, variables: [] }, 'local')
  const document = house.prompts.openapi()
  expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: house.proxy.status().url }] })
  expect(Object.keys(document['paths'] as object)).toEqual(['/prompts/sum-up'])
  const text = JSON.stringify(document)
  expect(text).toContain('"required":["text"]')
  expect(text).toContain('"default":"English"')
})

test('every change is in the audit', async () => {
  const house = await openHouse()
  await house.prompts.create(promptNamed('a'), 'admin')
  await house.prompts.update('a', { model: 'other' }, 'local')
  await house.prompts.publish('a', undefined, 'local')
  await house.prompts.retire('a', null, 'local')
  await house.prompts.remove('a', 'local')
  await house.close()
  expect(
    house
      .audit()
      .filter(({ subject }) => subject === 'a')
      .map(({ actor, action }) => `${actor} ${action}`),
  ).toEqual(['admin prompt.create', 'local prompt.update', 'local prompt.publish', 'local prompt.retire', 'local prompt.remove'])
})
