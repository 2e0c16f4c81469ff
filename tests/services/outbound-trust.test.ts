/** Whose certificates are believed, with a file of one's own and without, over real TLS. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type SecureContext, type Server } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkCaFile, createTrust } from '../../src-main/services/outbound/trust.ts'
import type { ConfigWrites } from '../../src-main/storage/types.ts'
import { settingsSchema } from '../../src-preload/contract/index.ts'
import { makeAuthority } from '../support/authority.ts'

const authority = makeAuthority()
const other = makeAuthority('Another')
const folder = mkdtempSync(join(tmpdir(), 'trust-'))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const both = file('both.pem', `# ours\n${other.ca}\nand this one\n${authority.ca}`)

let server: Server
beforeAll(async () => {
  server = createServer(authority.issue('DNS:upstream.test'), (socket) => socket.on('error', () => {}).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

function rig(caFile: string | null) {
  let settings = settingsSchema.parse({ caFile })
  let told: (writes: ConfigWrites) => void = () => {}
  const trust = createTrust({
    settings: () => settings,
    observe: (observer) => {
      told = observer
    },
  })
  const change = (patch: { caFile?: string | null; theme?: 'dark' }) => {
    settings = settingsSchema.parse({ ...settings, ...patch })
    told({ putSettings: patch })
  }
  return { trust, change }
}

async function verified(secureContext: SecureContext): Promise<boolean> {
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', servername: 'upstream.test', secureContext, rejectUnauthorized: false })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  socket.destroy()
  return socket.authorized
}

describe('trust', () => {
  it('is in a file of one’s own as soon as the settings name it, and no longer when they do not', async () => {
    const { trust, change } = rig(null)
    expect(await verified(trust())).toBe(false)
    change({ caFile: both })
    const context = trust()
    expect(await verified(context)).toBe(true)
    change({ theme: 'dark' })
    expect(trust()).toBe(context)
    change({ caFile: null })
    expect(await verified(trust())).toBe(false)
  })

  it('is in NODE_EXTRA_CA_CERTS as well', async () => {
    const { port } = server.address() as AddressInfo
    const script = `
      import { connect } from 'node:tls'
      import { createTrust } from ${JSON.stringify(new URL('../../src-main/services/outbound/trust.ts', import.meta.url).href)}
      const secureContext = createTrust({ settings: () => ({ caFile: null }), observe() {} })()
      connect({ port: ${port}, host: '127.0.0.1', servername: 'upstream.test', secureContext })
        .on('error', (error) => console.log(error.code))
        .on('secureConnect', function () { console.log('verified'); this.destroy() })`
    const run = async (extra: string) => {
      const env = { ...process.env, NODE_EXTRA_CA_CERTS: extra }
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env })
      return stdout.trim()
    }
    expect(await run(both)).toBe('verified')
    expect(await run('')).toMatch(/^(SELF_SIGNED|UNABLE_TO)/)
  })

  it.each([
    ['is not there', () => join(folder, 'none.pem'), /cannot be read \(ENOENT\)/],
    ['is a folder', () => folder, /cannot be read \(EISDIR\)/],
    ['holds no certificates', () => file('empty.pem', 'hello'), /holds no certificates in PEM/],
    [
      'is a broken certificate',
      () => file('broken.pem', authority.ca.replace(/[A-Za-z]{20}/, '')),
      /holds no certificates in PEM/,
    ],
  ])('a file that %s is refused, when it is set and when it is needed', (_what, path, words) => {
    const at = path()
    expect(() => checkCaFile(at)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(/^caFile: /) }) as Error,
    )
    expect(() => checkCaFile(at)).toThrow(words)
    const { trust } = rig(at)
    expect(trust).toThrow(expect.objectContaining({ code: 'OUTBOUND_CA' }) as Error)
    expect(trust).toThrow(words)
  })

  it('a good file is accepted', () => {
    expect(() => checkCaFile(both)).not.toThrow()
  })
})
