/** Certificates made for one run: an authority of our own, and servers that it vouches for. Needs openssl. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Authority {
  /** PEM of its own certificate. */
  ca: string
  /** Key and certificate, as PEM, for these names (`DNS:…`) and addresses (`IP:…`). */
  issue(...names: string[]): { key: string; cert: string }
}

export function makeAuthority(name = 'Test authority'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'))
  const file = (one: string) => join(folder, one)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const ca = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']
  openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', `/CN=${name}`, ...ca)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  let serial = 0
  return {
    ca: readFileSync(file('ca.pem'), 'utf8'),
    issue(...names) {
      const leaf = `leaf-${++serial}`
      writeFileSync(file(`${leaf}.ext`), `subjectAltName=${names.join(',')}\n`)
      openssl('req', ...curve, '-keyout', `${leaf}.key`, '-out', `${leaf}.csr`, '-subj', '/CN=leaf')
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(serial), '-days', '2', '-extfile', `${leaf}.ext`]
      openssl('x509', '-req', '-in', `${leaf}.csr`, '-out', `${leaf}.pem`, ...signed)
      return { key: readFileSync(file(`${leaf}.key`), 'utf8'), cert: readFileSync(file(`${leaf}.pem`), 'utf8') }
    },
  }
}
