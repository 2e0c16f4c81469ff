/** A program that asks for a token, as one would write it from the documentation. Arguments: the proxy's address, its name. Prints what it got. */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

const [url = '', name = ''] = process.argv.slice(2)
const asked = await fetch(`${url}/connect`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name }),
})
const { poll } = (await asked.json()) as { poll: string }
let answer = await fetch(new URL(poll, url))
while (answer.status === 202) {
  await answer.body?.cancel()
  await sleep(50)
  answer = await fetch(new URL(poll, url))
}
const { token } = (await answer.json()) as { token?: string }
const served = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
const digest = createHash('sha256')
  .update(token ?? '')
  .digest('hex')
process.stdout.write(JSON.stringify({ pid: process.pid, status: answer.status, digest, served: served.status }))
