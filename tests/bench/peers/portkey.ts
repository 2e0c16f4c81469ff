/** Portkey's gateway, fetched from the registry into a folder of its own: it is no part of this project. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Peer, peerOf, untilAnswered } from './process.ts'

const version = '1.15.2'
const folder = join(tmpdir(), `keywheel-bench-portkey-${version}`)
const entry = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')

/** Null = it could not be fetched. */
export async function startPortkey(): Promise<Peer | null> {
  if (!existsSync(entry)) {
    const install = [
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `@portkey-ai/gateway@${version}`,
    ]
    if (spawnSync('npm', install, { stdio: 'ignore', timeout: 180_000 }).status !== 0) return null
  }
  const port = await freePort()
  const child = spawn(process.execPath, [entry, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  await untilAnswered(port)
  return peerOf('Portkey', port, child)
}

/** Its own way to be told where a call goes. */
export function portkeyHeaders(upstream: number): Record<string, string> {
  return { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `http://127.0.0.1:${upstream}/v1` }
}
