// npm test: builds, runs every suite, and says at the end how many tests each had and why any was skipped.
// npm test -- NAME… runs only the test files whose path contains a NAME.
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { build } from './build.ts'

interface Result {
  suite: string
  title: string
  state: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or how it failed. */
  note: string
}

const reportDir = 'test-results/reports'
const filters = process.argv.slice(2)
/** Hundreds of processes and threads load the same files: V8 keeps what it made of them. */
const compiled = { NODE_COMPILE_CACHE: resolve('node_modules/.cache/keywheel') }
/** A log that nobody watches needs no colours: each dot would be twenty characters. */
const plain: Record<string, string> = process.stdout.isTTY ? {} : { NO_COLOR: '1' }
const chosen = (pattern: string) =>
  globSync(pattern).some((file) => filters.length === 0 || filters.some((name) => file.includes(name)))

rmSync(reportDir, { recursive: true, force: true })
mkdirSync(reportDir, { recursive: true })
build()
const results = [...runVitest(), ...runPlaywright()]
print(results)
process.exit(results.length > 0 && results.every(({ state }) => state !== 'failed') ? 0 : 1)

function run(tool: string[], env: Record<string, string> = {}): number {
  return (
    spawnSync(process.execPath, ['scripts/run.mjs', '--bin', ...tool], {
      stdio: 'inherit',
      env: { ...process.env, ...compiled, ...env },
    }).status ?? 1
  )
}

function runVitest(): Result[] {
  if (!chosen('tests/**/*.test.ts')) return []
  const file = `${reportDir}/vitest.json`
  const status = run(['vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`, ...filters], plain)
  const report = read(file) as VitestReport | undefined
  if (!report) return [broken('vitest', status)]
  const found = report.testResults.flatMap(({ name, assertionResults, status: fileStatus, message }): Result[] => {
    const path = relative(process.cwd(), name)
    if (assertionResults.length === 0 && fileStatus === 'failed')
      return [{ suite: suiteOf(path), title: path, state: 'failed', note: message }]
    return assertionResults.map((test) => ({
      suite: suiteOf(path),
      title: test.fullName.trim(),
      state: test.status === 'passed' || test.status === 'failed' ? test.status : 'skipped',
      note: test.failureMessages[0]?.split('\n')[0] ?? test.meta?.note ?? '',
    }))
  })
  return status !== 0 && found.every(({ state }) => state !== 'failed') ? [...found, broken('vitest', status)] : found
}

function runPlaywright(): Result[] {
  if (!chosen('tests/**/*.spec.ts')) return []
  const file = `${reportDir}/playwright.json`
  const status = run(['playwright', 'test', '--reporter=dot,json', ...filters], { PLAYWRIGHT_JSON_OUTPUT_FILE: file })
  const report = read(file) as PlaywrightReport | undefined
  if (!report) return [broken('playwright', status)]
  const found = report.suites
    .flatMap((suite) => specsOf(suite))
    .map(({ file: path, title, tests }): Result => {
      const test = tests[0]
      const failed = test?.status === 'unexpected'
      const note = test?.annotations.find(({ type }) => type === 'skip')?.description ?? ''
      return {
        suite: suiteOf(`tests/${path}`),
        title,
        state: failed ? 'failed' : test?.status === 'skipped' ? 'skipped' : 'passed',
        note,
      }
    })
  return status !== 0 && found.every(({ state }) => state !== 'failed') ? [...found, broken('playwright', status)] : found
}

/** `tests/pool/x.test.ts` belongs to the suite `pool`. */
function suiteOf(path: string): string {
  return path.split('/')[1] ?? path
}

function broken(runner: string, status: number): Result {
  return { suite: runner, title: `${runner} itself`, state: 'failed', note: `ended with ${status}` }
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function print(all: readonly Result[]): void {
  const count = (list: readonly Result[], state: Result['state']) => list.filter((result) => result.state === state).length
  const suites = Object.entries(Object.groupBy(all, ({ suite }) => suite)).toSorted(([a], [b]) => a.localeCompare(b))
  const lines = suites.map(([suite, list = []]) => {
    const skipped = count(list, 'skipped')
    return `  ${suite.padEnd(14)} ${String(count(list, 'passed')).padStart(5)} passed ${String(count(list, 'failed')).padStart(3)} failed${skipped > 0 ? ` ${skipped} skipped` : ''}`
  })
  const skips = all
    .filter(({ state }) => state === 'skipped')
    .map(({ suite, title, note }) => `  ${suite}: ${title}${note ? `: ${note}` : ''}`)
  const failures = all.filter(({ state }) => state === 'failed').map(({ suite, title, note }) => `  ${suite}: ${title}: ${note}`)
  const section = (title: string, list: readonly string[]) => (list.length > 0 ? `\n${title}\n${list.join('\n')}\n` : '')
  process.stdout.write(`${section('Suites', lines)}${section('Skipped', skips)}${section('Failed', failures)}\n`)
  process.stdout.write(`${count(all, 'passed')} passed, ${count(all, 'failed')} failed\n`)
}

interface VitestReport {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[]; meta?: { note?: string } }[]
  }[]
}
interface PlaywrightSpec {
  file: string
  title: string
  tests: { status: string; annotations: { type: string; description?: string }[] }[]
}
interface PlaywrightSuite {
  specs: PlaywrightSpec[]
  suites?: PlaywrightSuite[]
}
interface PlaywrightReport {
  suites: PlaywrightSuite[]
}

function specsOf(suite: PlaywrightSuite): PlaywrightSpec[] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap((inner) => specsOf(inner))]
}
