// Builds the library `keywheel` into out/library/: two bundles without dependencies, their types, and a package.json of its own.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { build } from 'vite'

const entries = { index: 'src-main/library/index.ts', sqlite: 'src-main/library/sqlite/index.ts' }
/** What is bundled; each has its licence in the package. */
const bundled = ['temporal-polyfill', 'temporal-utils']

export async function buildLibrary(target = 'out/library'): Promise<void> {
  rmSync(target, { recursive: true, force: true })
  await bundle(target)
  writeTypes(target)
  writePackage(target)
}

async function bundle(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['better-sqlite3'], target: 'node' },
    build: {
      outDir,
      ssr: true,
      target: 'node20.10',
      minify: false,
      rolldownOptions: { input: entries, output: { entryFileNames: '[name].js', chunkFileNames: 'shared/[name].js' } },
    },
  })
}

/** The declarations that the two entries reach, as they are; one that needs a package, or Node's own types, would break in an empty project. */
function writeTypes(target: string): void {
  const declarations = mkdtempSync(join(tmpdir(), 'keywheel-types-'))
  try {
    declare(declarations)
    for (const [name, entry] of Object.entries(entries)) {
      copyDeclarations(declarations, join(target, 'types'), entry.replace(/\.ts$/, '.d.ts'))
      const from = `./types/${entry.replace(/\.ts$/, '.js')}`
      writeFileSync(join(target, `${name}.d.ts`), `export * from '${from}'\n`)
    }
  } finally {
    rmSync(declarations, { recursive: true, force: true })
  }
}

/** Types only: whether they are right is what `npm run check` says. */
function declare(outDir: string): void {
  const config = join(outDir, 'tsconfig.json')
  const compilerOptions = {
    composite: false,
    incremental: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    rootDir: resolve('.'),
    outDir,
    typeRoots: [resolve('node_modules/@types')],
  }
  const files = Object.values(entries).map((entry) => resolve(entry))
  writeFileSync(config, JSON.stringify({ extends: resolve('tsconfig.base.json'), compilerOptions, files }))
  const { status, stdout } = spawnSync(process.execPath, ['scripts/run.mjs', '--bin', 'tsc', '-p', config], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the library's types could not be made:\n${stdout}`)
}

function copyDeclarations(from: string, to: string, file: string, done = new Set<string>()): void {
  if (done.has(file)) return
  done.add(file)
  const text = readFileSync(join(from, file), 'utf8').replaceAll(
    /((?:from|import) ?\(?['"])([^'"]+)(['"])/g,
    (_, head: string, specifier: string, tail: string) => {
      if (!specifier.startsWith('.')) throw new Error(`${file}: the library's types may not need ${specifier}`)
      const next = relative('.', join(dirname(file), specifier)).replaceAll('\\', '/')
      copyDeclarations(from, to, next.replace(/\.ts$/, '.d.ts'), done)
      return `${head}${specifier.replace(/\.ts$/, '.js')}${tail}`
    },
  )
  mkdirSync(dirname(join(to, file)), { recursive: true })
  writeFileSync(join(to, file), text)
}

function writePackage(target: string): void {
  const { version, description, license } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>
  const entry = (name: string) => ({ types: `./${name}.d.ts`, default: `./${name}.js` })
  const manifest = {
    name: 'keywheel',
    version,
    description,
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.10' },
    exports: { '.': entry('index'), './sqlite': entry('sqlite'), './package.json': './package.json' },
    files: ['*.js', '*.d.ts', 'shared', 'types', 'LICENSE', 'THIRD-PARTY.txt', 'README.md'],
    peerDependencies: { 'better-sqlite3': '>=11' },
    peerDependenciesMeta: { 'better-sqlite3': { optional: true } },
  }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  copyFileSync('LICENSE', join(target, 'LICENSE'))
  copyFileSync('resources/library/README.md', join(target, 'README.md'))
  const licences = bundled.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}`)
  writeFileSync(join(target, 'THIRD-PARTY.txt'), licences.join('\n\n'))
}

if (import.meta.main ?? process.argv[1]?.endsWith('build-library.ts')) await buildLibrary(process.argv[2])
