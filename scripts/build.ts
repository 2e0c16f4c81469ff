// Builds what is stale: main, preload and renderer into out/. Says nothing unless it fails; stdout stays free for the program.
// `npm run build` builds all of it, and the library.
import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `keywheel serve` may be called from anywhere. */
const root = fileURLToPath(new URL('..', import.meta.url))

const sources = [
  'src-main/**/*.ts',
  'src-preload/**/*.ts',
  'src-renderer/**/*.{ts,tsx,html,css}',
  'resources/*',
  'electron.vite.config.ts',
  'package.json',
]
const products = [
  'out/main/headless.js',
  'out/main/command.js',
  'out/main/index.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
]

const changedAt = (file: string) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs

function isStale(): boolean {
  const built = products.map((file) => changedAt(file) ?? 0)
  const oldestProduct = Math.min(...built)
  return globSync(sources, { cwd: root }).some((file) => (changedAt(file) ?? 0) > oldestProduct)
}

export function build({ force = false } = {}): void {
  if (!force && !isStale()) return
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', '--bin', 'electron-vite', 'build', '--logLevel', 'warn'],
    { encoding: 'utf8', cwd: root },
  )
  if (status === 0) return
  process.stderr.write(`${stdout}${stderr}\nkeywheel: the build failed.\n`)
  process.exit(1)
}

if (import.meta.main ?? process.argv[1]?.endsWith('build.ts')) {
  build({ force: true })
  // It brings a bundler along, which no start shall wait for.
  const { buildLibrary } = await import('./build-library.ts')
  await buildLibrary()
}
