/** Workspaces on disk: found, made, remembered, removed; what is damaged or half done is never invisible and never in the way. */
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createWorkspaceFolders } from '../../src-main/services/workspaces/folders.ts'
import { estateFolder } from './estate.ts'

function open() {
  const dataDir = estateFolder()
  return { dataDir, below: join(dataDir, 'workspaces'), folders: createWorkspaceFolders(dataDir) }
}
const facts = (slug: string, name = slug) => ({ slug, name, createdAt: 1 })

describe('folders of workspaces', () => {
  test('there is always the default one, which is the data folder itself', async () => {
    const { folders } = open()
    expect(await folders.list()).toMatchObject([{ slug: 'default', name: 'Default' }])
    await expect(folders.create(facts('default'))).rejects.toMatchObject({ code: 'WORKSPACE_TAKEN' })
  })

  test('those that are made are listed by name, private, and made once', async () => {
    const { folders, below } = open()
    for (const slug of ['team', 'alone']) await folders.create(facts(slug, `The ${slug}`))
    expect((await folders.list()).map(({ slug, name }) => [slug, name])).toEqual([
      ['default', 'Default'],
      ['alone', 'The alone'],
      ['team', 'The team'],
    ])
    expect(statSync(join(below, 'team')).mode & 0o777).toBe(0o700)
    expect(statSync(join(below, 'team', 'workspace.json')).mode & 0o777).toBe(0o600)
    await expect(folders.create(facts('team'))).rejects.toMatchObject({ code: 'WORKSPACE_TAKEN' })
  })

  test.each(['../other', 'Team', '', 'a/b', '..', 'v1', 'constructor', '__proto__'])('%j is found nowhere', async (slug) => {
    const { folders } = open()
    await folders.create(facts('team'))
    const error = await folders.get(slug).catch((reason: Error) => reason)
    expect(error).toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    expect((error as Error).message).toContain('default, team')
  })

  test('one whose own file is missing or damaged is called as its folder', async () => {
    const { folders, below } = open()
    for (const slug of ['bare', 'torn', 'wrong']) mkdirSync(join(below, slug), { recursive: true })
    writeFileSync(join(below, 'torn', 'workspace.json'), '{"name": "To')
    writeFileSync(join(below, 'wrong', 'workspace.json'), '{"name": 7}')
    expect((await folders.list()).map(({ name }) => name)).toEqual(['Default', 'bare', 'torn', 'wrong'])
    for (const { createdAt } of await folders.list()) expect(Number.isInteger(createdAt)).toBe(true)
  })

  test('files, links and names that are no slugs are no workspaces', async () => {
    const { folders, below, dataDir } = open()
    mkdirSync(join(below, 'Not a slug'), { recursive: true })
    writeFileSync(join(below, 'file'), '')
    mkdirSync(join(dataDir, 'elsewhere'))
    symlinkSync(join(dataDir, 'elsewhere'), join(below, 'link'))
    expect(await folders.list()).toHaveLength(1)
  })

  test('the one that is open is remembered; a damaged memory says so and names the way out', async () => {
    const { folders, dataDir } = open()
    expect(await folders.remembered()).toBe('default')
    await folders.remember('team')
    expect(await createWorkspaceFolders(dataDir).remembered()).toBe('team')
    writeFileSync(join(dataDir, 'workspaces.json'), '{"open":')
    await expect(folders.remembered()).rejects.toThrow('--workspace')
  })

  test('removing takes everything away, and what was cut short is finished later', async () => {
    const { folders, below } = open()
    await folders.create(facts('team'))
    writeFileSync(join(below, 'team', 'keywheel.db'), 'x')
    await folders.remove('team')
    expect(readdirSync(below)).toEqual([])
    mkdirSync(join(below, '.removed-0123', 'deep'), { recursive: true })
    expect(await folders.list()).toHaveLength(1)
    await folders.tidy()
    expect(existsSync(join(below, '.removed-0123'))).toBe(false)
  })
})
