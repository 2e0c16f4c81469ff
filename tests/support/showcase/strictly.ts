/** REST calls that must succeed: their answer, or an error that says what was refused. */
import type { Host } from '../host.ts'

export function strictly({ rest }: Host): (method: string, path: string, body?: unknown) => Promise<unknown> {
  return async (method, path, body) => {
    const answer = await rest(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
}
