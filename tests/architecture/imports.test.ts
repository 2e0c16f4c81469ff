/** The house keeps its plan: who may import whom, which package belongs to which room, and no cycles. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Room → rooms it may import. Types follow the same rule as values. */
const rooms: Record<string, readonly string[]> = {
  'src-preload/contract': [],
  'src-main/base': ['src-preload/contract'],
  'src-main/pool': [],
  'src-main/demo': [],
  'src-main/task': [],
  'src-main/providers': ['src-main/pool', 'src-preload/contract'],
  'src-main/gateway': ['src-main/pool', 'src-main/providers', 'src-preload/contract'],
  'src-main/vault': ['src-main/base', 'src-preload/contract'],
  'src-main/usage': ['src-preload/contract'],
  'src-main/storage': ['src-main/base', 'src-preload/contract', 'src-main/usage', 'src-main/vault'],
  'src-main/clients': ['src-main/pool', 'src-preload/contract'],
  'src-main/remote': ['src-main/base', 'src-main/pool', 'src-main/providers', 'src-preload/contract'],
  'src-main/proxy': ['src-main/base', 'src-main/gateway', 'src-main/pool', 'src-main/providers', 'src-preload/contract'],
  'src-main/services': [
    'src-preload/contract',
    ...['base', 'pool', 'providers', 'vault', 'usage', 'storage', 'clients', 'remote', 'gateway', 'proxy', 'demo'].map(
      (room) => `src-main/${room}`,
    ),
  ],
  'src-main/library': [
    'src-preload/contract',
    ...['base', 'pool', 'providers', 'gateway', 'task', 'usage', 'clients', 'remote'].map((room) => `src-main/${room}`),
  ],
  'src-main/api': ['src-main/services', 'src-preload/contract'],
  'src-main/command': ['src-main/base', 'src-main/task', 'src-preload/contract'],
  'src-main/page': [],
  'src-main/web': ['src-main/base', 'src-main/api', 'src-main/services', 'src-main/page', 'src-preload/contract'],
  'src-main/desktop': ['src-main/api', 'src-main/services', 'src-main/page', 'src-preload/contract'],
  'src-renderer': ['src-preload/contract'],
}

/** Package → the only places that may import it. */
const packages: Record<string, readonly string[]> = {
  keytar: ['src-main/vault/keychain-helper.ts'],
  'better-sqlite3': ['src-main/storage/', 'src-main/library/sqlite/'],
  undici: ['src-main/proxy/forward/'],
  electron: ['src-main/index.ts', 'src-main/desktop/', 'src-preload/index.ts'],
  'age-encryption': ['src-main/services/transfer/age-thread.ts'],
  jose: ['src-main/remote/server/'],
}

interface Import {
  from: string
  /** A file of the project, or a package's name. */
  to: string
}

const files = globSync('src-*/**/*.{ts,tsx}').map((file) => file.replaceAll('\\', '/'))
const imports: Import[] = files.flatMap((from) => importsOf(from))

function importsOf(from: string): Import[] {
  const text = readFileSync(from, 'utf8')
  const found = text.matchAll(
    /^\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
  )
  return [...found].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? ''
    if (specifier.startsWith('.')) return { from, to: normalize(join(dirname(from), specifier)).replaceAll('\\', '/') }
    const [scope = '', name = ''] = specifier.split('/')
    return { from, to: scope.startsWith('@') ? `${scope}/${name}` : scope }
  })
}

const roomOf = (file: string) => Object.keys(rooms).find((room) => file.startsWith(`${room}/`))

describe('architecture', () => {
  test('there are files and imports to look at', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(imports.length).toBeGreaterThan(files.length)
  })

  test('a room imports only the rooms below it', () => {
    const broken = imports.filter(({ from, to }) => {
      const here = roomOf(from)
      if (here === undefined || !to.startsWith('src-')) return false
      const there = roomOf(to)
      // What belongs to no room (app.ts, headless.ts, index.ts) wires the rooms together; no room knows it.
      return there !== here && (there === undefined || !(rooms[here] ?? []).includes(there))
    })
    expect(broken).toEqual([])
  })

  test('each raw tool is imported in one place only', () => {
    const broken = imports.filter(
      ({ from, to }) => packages[to] !== undefined && !packages[to].some((place) => from.startsWith(place)),
    )
    expect(broken).toEqual([])
  })

  test('the engine and the demo upstream import no package', () => {
    const allowed = (from: string, to: string) => from.startsWith('src-main/demo/') && to.startsWith('node:')
    const broken = imports.filter(
      ({ from, to }) => /^src-main\/(pool|demo)\//.test(from) && !to.startsWith('src-') && !allowed(from, to),
    )
    expect(broken).toEqual([])
  })

  test('the engine reads no clock and draws no random number of its own', () => {
    const offenders = files.filter(
      (file) =>
        file.startsWith('src-main/pool/') &&
        !file.endsWith('/clock.ts') &&
        /Date\.now|performance\.now|Math\.random|setTimeout|setInterval/.test(code(file)),
    )
    expect(offenders).toEqual([])
  })

  test('subscriptions are written with one helper: no other generator in api/', () => {
    const offenders = files.filter(
      (file) => file.startsWith('src-main/api/') && !file.endsWith('/live.ts') && /function\s*\*|async\s*\*/.test(code(file)),
    )
    expect(offenders).toEqual([])
  })

  test('no import cycles', () => {
    const graph = Map.groupBy(
      imports.filter(({ to }) => to.startsWith('src-')),
      ({ from }) => from,
    )
    const done = new Set<string>()
    const cycles: string[][] = []
    const visit = (file: string, path: readonly string[]) => {
      const start = path.indexOf(file)
      if (start >= 0) return void cycles.push([...path.slice(start), file])
      if (done.has(file)) return
      for (const { to } of graph.get(file) ?? []) visit(to, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(cycles).toEqual([])
  })
})

function code(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}
