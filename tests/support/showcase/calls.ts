/** A few calls that are really made, and end in several ways. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Host } from '../host.ts'

const models = ['gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o', 'o3-mini']

export async function seedCalls({ proxy }: Host, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const send = (path: string, body: unknown) =>
    fetch(proxy + path, { method: 'POST', headers, body: JSON.stringify(body) }).then((answer) => answer.arrayBuffer())
  for (let n = 0; n < 48; n += 1) {
    const messages = [{ role: 'user', content: `Question ${n}: ${'why? '.repeat(n)}` }]
    if (n % 6 === 1)
      await send('/v1/chat/completions', { model: 'best', messages: [{ role: 'user', content: 'Again' }], seed: 7 })
    else if (n % 4 === 3) await send('/claude/messages', { model: 'claude-sonnet-4-5', max_tokens: 200, messages })
    else await send('/openai/chat/completions', { model: models[n % models.length], messages })
  }
}

/** By a program of the system: the card shows where the asking one lies. */
export async function seedApproval({ proxy }: Host): Promise<void> {
  const asked = JSON.stringify({ name: 'code helper', pools: ['openai'] })
  await promisify(execFile)('curl', ['-s', `${proxy}/connect`, '-H', 'content-type: application/json', '-d', asked])
}
