/** Commands that only look: status, models, drill, open. Each gives back its exit code. */
import { contract, type Pool } from '../../src-preload/contract/index.ts'
import { exitCodes } from './failure.ts'
import type { Keywheel } from './keywheel.ts'
import { print, printJson, table } from './print.ts'

interface Manner {
  json?: boolean | undefined
}

export async function showStatus(keywheel: Keywheel, { json }: Manner): Promise<number> {
  const [info, proxy, vault, pools] = await Promise.all([
    keywheel.call(contract.system.info),
    keywheel.call(contract.proxy.status),
    keywheel.call(contract.vault.status),
    keywheel.call(contract.pools.list),
  ])
  if (json) {
    const { version, dataDir, workspace } = info
    printJson({ version, dataDir, workspace, proxy, vault: { state: vault.state, reason: vault.reason }, pools })
    return exitCodes.ok
  }
  const reason = proxy.reason === null ? '' : ` (${proxy.reason.message})`
  print(`Keywheel ${info.version}\n`)
  print(
    `  Proxy  ${proxy.url ?? proxy.state}${reason}\n  Vault  ${vault.state}\n  Data   ${info.dataDir}, workspace ${info.workspace}\n`,
  )
  const rows = pools.map(({ slug, provider, keys }) => [slug, provider, inWords(keys)])
  if (rows.length > 0) print(`\n${table(['POOL', 'PROVIDER', 'KEYS'], rows)}`)
  return exitCodes.ok
}

/** `3 (2 ready, 1 cooling)` */
function inWords({ total, ...states }: Pool['keys']): string {
  const some = Object.entries(states).filter(([, count]) => count > 0)
  return some.length === 0 ? String(total) : `${total} (${some.map(([state, count]) => `${count} ${state}`).join(', ')})`
}

export async function showModels(keywheel: Keywheel, { json, refresh }: Manner & { refresh?: boolean }): Promise<number> {
  const models = await keywheel.call(refresh ? contract.routes.refresh : contract.routes.models)
  if (json) printJson(models)
  else if (models.length === 0) print('No model is served. Add keys to a pool, or name its models.\n')
  else {
    const rows = models.map(({ model, pool, provider, ready }) => [model, pool, provider, ready ? 'ready' : 'no key ready'])
    print(table(['MODEL', 'POOL', 'PROVIDER', 'STATE'], rows))
  }
  return exitCodes.ok
}

export async function runDrill(keywheel: Keywheel, slug: string, { json }: Manner): Promise<number> {
  const report = await keywheel.call(contract.pools.drill, { slug })
  if (json) printJson(report)
  else {
    const rows = report.promises.map((each) => [each.passed ? 'pass' : 'FAIL', each.fault, each.promise, each.seen])
    print(table(['', 'FAULT', 'PROMISE', 'SEEN'], rows))
    print(`\n${report.passed} passed, ${report.failed} failed: ${report.calls} calls on ${report.keys} keys in ${report.ms} ms\n`)
  }
  return report.failed === 0 ? exitCodes.ok : exitCodes.failed
}

export async function openPage(keywheel: Keywheel, { json }: Manner): Promise<number> {
  const ui = await keywheel.signInAddress()
  if (json) printJson({ ui })
  else print(`${ui}\n`)
  return exitCodes.ok
}
