/** Who is at the other end of a connection: asked of this machine, and read from what other systems print. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findPeerProcess } from '../../src-main/services/approvals/peer-process.ts'
import { inodeIn } from '../../src-main/services/approvals/peer-process-linux.ts'
import { lsofProcess } from '../../src-main/services/approvals/peer-process-mac.ts'
import { netstatPid } from '../../src-main/services/approvals/peer-process-windows.ts'

/** A server, and the first connection to it of a Node program that calls itself something. */
async function connected(host: string, title = '') {
  const server = createServer()
  onTestFinished(() => void server.close())
  await once(server.listen(0, host), 'listening')
  const { port: ownPort } = server.address() as AddressInfo
  const script = `${title === '' ? '' : `process.title = ${JSON.stringify(title)};`} require('net').connect(${ownPort}, ${JSON.stringify(host)}).on('error', () => process.exit())`
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' })
  const [socket] = (await once(server, 'connection')) as [Socket]
  onTestFinished(async () => {
    socket.destroy()
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  return { child, connection: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0, ownPort } }
}

describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  test.each(['127.0.0.1', '::1'])('the program at the other end of %s is found, with its path', async (host) => {
    const { child, connection } = await connected(host)
    const name = expect.stringMatching(/^(node|MainThread)/)
    await expect.poll(() => findPeerProcess(connection)).toEqual({ pid: child.pid, name, path: realpathSync(process.execPath) })
  })

  test('what it calls itself can be shown', async () => {
    const { child, connection } = await connected('127.0.0.1', 'evil\u0007\u202e')
    await expect.poll(async () => (await findPeerProcess(connection))?.name).toBe('evil')
    expect((await findPeerProcess(connection))?.pid).toBe(child.pid)
  })

  test('of a connection that is not there nothing is known', async () => {
    const { connection } = await connected('127.0.0.1')
    expect(await findPeerProcess({ ...connection, ownPort: 1 })).toBeNull()
    expect(await findPeerProcess({ ...connection, port: 1 })).toBeNull()
    expect(await findPeerProcess({ ...connection, address: '127.0.0.2' })).toBeNull()
    expect(await findPeerProcess({ ...connection, address: 'nonsense' })).toBeNull()
  })

  test('where the tool of another system is not, nothing is known, and nothing fails', async () => {
    const { connection } = await connected('127.0.0.1')
    expect(await findPeerProcess(connection, 'darwin')).toBeNull()
    expect(await findPeerProcess(connection, 'win32')).toBeNull()
    expect(await findPeerProcess(connection, 'aix')).toBeNull()
  })
})

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'

describe.skipIf(new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1)("Linux's tables", () => {
  const line = (local: string, remote: string, state: string, inode: string) =>
    `   1: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`
  const connection = { address: '127.0.0.1', port: 0xc350, ownPort: 0x2253 }

  test('have both ends of a connection; the other end is meant', () => {
    const own = line('0100007F:2253', '0100007F:C350', '01', '11')
    const other = line('0100007F:C350', '0100007F:2253', '01', '22')
    expect(inodeIn(head + own + other, connection)).toBe('22')
    expect(inodeIn(head + own, connection)).toBeNull()
  })

  test('have IPv4 also in the words of IPv6, and the loopback of IPv6', () => {
    const mapped = line('0000000000000000FFFF00000100007F:C350', '0000000000000000FFFF00000100007F:2253', '01', '33')
    expect(inodeIn(head + mapped, connection)).toBe('33')
    const six = line('00000000000000000000000001000000:C350', '00000000000000000000000001000000:2253', '01', '44')
    expect(inodeIn(head + six, { ...connection, address: '::1' })).toBe('44')
    expect(inodeIn(head + six, connection)).toBeNull()
  })

  test('have connections that are over, and such without an owner', () => {
    const over = line('0100007F:C350', '0100007F:2253', '06', '0')
    const closing = line('0100007F:C350', '0100007F:2253', '08', '55')
    expect(inodeIn(head + over + closing, connection)).toBeNull()
    expect(inodeIn('', connection)).toBeNull()
  })
})

describe('lsof', () => {
  const text =
    'p501\ncKeywheel Helper\nf33\nn127.0.0.1:8787->127.0.0.1:50000\np777\ncPython\nf5\nn127.0.0.1:50000->127.0.0.1:8787\n'
  const connection = { address: '127.0.0.1', port: 50_000, ownPort: 8787 }

  test('prints both ends; the other end is meant', () => {
    expect(lsofProcess(text, connection)).toEqual({ pid: 777, name: 'Python' })
    expect(lsofProcess(text, { ...connection, address: '::ffff:127.0.0.1' })).toEqual({ pid: 777, name: 'Python' })
    expect(lsofProcess(text, { ...connection, port: 5000 })).toBeNull()
    expect(lsofProcess('', connection)).toBeNull()
  })

  test('writes IPv6 in brackets', () => {
    const six = 'p9\nccurl\nf5\nn[::1]:50000->[::1]:8787\n'
    expect(lsofProcess(six, { ...connection, address: '::1' })).toEqual({ pid: 9, name: 'curl' })
  })
})

describe('netstat', () => {
  const text = [
    '',
    'Aktive Verbindungen',
    '',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:8787         0.0.0.0:0              ABHÖREN          500',
    '  TCP    127.0.0.1:8787         127.0.0.1:50000        HERGESTELLT      500',
    '  TCP    127.0.0.1:50000        127.0.0.1:8787         HERGESTELLT      4242',
    '  TCP    [::1]:50000            [::1]:8787             HERGESTELLT      77',
  ].join('\r\n')
  const connection = { address: '127.0.0.1', port: 50_000, ownPort: 8787 }

  test('prints both ends, in any language; the other end is meant', () => {
    expect(netstatPid(text, connection)).toBe(4242)
    expect(netstatPid(text, { ...connection, address: '::1' })).toBe(77)
    expect(netstatPid(text, { ...connection, port: 5000 })).toBeNull()
    expect(netstatPid('', connection)).toBeNull()
  })
})
