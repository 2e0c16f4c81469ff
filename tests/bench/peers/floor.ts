/** The floor: the least that a proxy of node:http and undici can do. No token, no key, no limits, no record. Prints its port. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { Pool } from 'undici'

const upstream = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 256 })

const server = createServer((request, response) => {
  const { host: _, connection: __, ...headers } = request.headers
  upstream
    .request({ method: 'POST', path: request.url ?? '/', headers, body: request })
    .then((answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      pipeline(answer.body, response, () => undefined)
    })
    .catch(() => response.destroy())
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
