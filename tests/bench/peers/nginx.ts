/** nginx as a plain reverse proxy with connections that are kept. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../support/host.ts'
import { freePort, has, type Peer, peerOf, untilAnswered } from './process.ts'

/** Null = it is not installed. */
export async function startNginx(upstream: number): Promise<Peer | null> {
  if (!has('nginx')) return null
  const folder = temporaryFolder()
  const port = await freePort()
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log stderr crit;
     events { worker_connections 1024; }
     http {
       access_log off; ${temp}
       upstream up { server 127.0.0.1:${upstream}; keepalive 256; }
       server {
         listen 127.0.0.1:${port}; keepalive_requests 1000000;
         location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
       }
     }\n`,
  )
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await untilAnswered(port)
  return peerOf('nginx', port, child)
}
