/** The floor of the proxy benchmark: what node:http in and undici out cost by themselves. Argument: the upstream's port. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 256 })
const server = createServer((request, response) => {
  const { method = 'GET', url = '/', headers } = request
  const { host: _host, connection: _connection, ...forwarded } = headers
  void pool
    .stream({ path: url, method, headers: forwarded, body: request }, ({ statusCode, headers: answered }) =>
      response.writeHead(statusCode, answered as Record<string, string>),
    )
    .catch(() => response.destroy())
}).listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
