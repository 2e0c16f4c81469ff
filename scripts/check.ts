// npm run check: types, lint, format, architecture, unused exports. Runs all of them and says which failed.
import { spawnSync } from 'node:child_process'

const checks = {
  types: ['tsc', '-b'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  format: ['biome', 'check', '.'],
  architecture: ['vitest', 'run', 'tests/architecture', '--reporter=dot'],
  'unused exports': ['knip'],
}
const failed = Object.entries(checks).filter(([name, command]) => {
  process.stdout.write(`\n== ${name}\n`)
  return spawnSync(process.execPath, ['scripts/run.mjs', '--bin', ...command], { stdio: 'inherit' }).status !== 0
})
process.stdout.write(failed.length === 0 ? '\nall checks pass\n' : `\nfailed: ${failed.map(([name]) => name).join(', ')}\n`)
process.exit(failed.length === 0 ? 0 : 1)
