/** T3, T6: who has no token holds up nobody who has one. */
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { exchangeRaw, statusOf, whole } from '../proxy/wire.ts'
import { openRig } from '../remote/server/rig.ts'

const mib = 1024 * 1024

/** Begins a request and never ends its body. */
function holding(port: number, head: string, bytes: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  return new Promise((resolve) => {
    socket.on('close', () => resolve(socket))
    socket.write(head)
    socket.write(Buffer.alloc(bytes), () => resolve(socket))
  })
}

test.each([
  ['no token', ''],
  ['a token that is none', 'Authorization: Bearer eyJhbGciOiJub25lIn0.e30.\r\n'],
])('long imports with %s are refused before they are read', async (_, authorization) => {
  const rig = await openRig()
  const port = Number(new URL(rig.url).port)
  const head = `POST /api/v1/keys/import HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${authorization}Content-Length: ${64 * mib}\r\n`
  const answer = await exchangeRaw(port, `${head}Expect: 100-continue\r\n\r\n`, whole)
  expect(statusOf(answer)).toBe(401)
  expect(answer).not.toContain('100 Continue')
  await Promise.all(Array.from({ length: 3 }, () => holding(port, `${head}\r\n`, 60 * mib)))
  await rig.addUser('ann')
  expect(await rig.login('ann')).toHaveProperty('access_token')
})

test('what anybody may send is short', async () => {
  const rig = await openRig()
  for (const route of ['login', 'register', 'refresh', 'logout']) {
    const { status } = await rig.call('POST', `/api/v1/auth/${route}`, { body: `"${'x'.repeat(100_000)}"` })
    expect([route, status]).toEqual([route, 413])
  }
  for (const path of ['/api/v1/none', '/api/v1/auth/me']) {
    const { status } = await rig.call('POST', path, { body: `"${'x'.repeat(900_000)}"` })
    expect([404, 405]).toContain(status)
  }
})
