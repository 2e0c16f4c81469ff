// npm run bench [-- name…]: runs the benchmarks under tests/bench, all of them or those named.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { basename } from 'node:path'

const wanted = process.argv.slice(2)
const all = globSync('tests/bench/*.ts').toSorted()
const files = wanted.length === 0 ? all : all.filter((file) => wanted.includes(basename(file, '.ts')))
if (files.length === 0) {
  process.stderr.write(`There is no such benchmark. Use: ${all.map((file) => basename(file, '.ts')).join(', ')}\n`)
  process.exit(2)
}
let failed = 0
for (const file of files) {
  process.stdout.write(`\n== ${basename(file, '.ts')}\n`)
  if (spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' }).status !== 0) failed += 1
}
process.exit(failed === 0 ? 0 : 1)
