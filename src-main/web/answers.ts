/** Answers that the host itself writes: JSON, and errors in the one coded shape. */
import type { ServerResponse } from 'node:http'
import type { KeywheelError } from '../../src-preload/contract/index.ts'
import { wireError } from '../api/index.ts'

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}

/** `rpc` = wrapped as oRPC's own clients expect it. Does nothing when the answer has begun or its reader has gone. */
export function sendError(response: ServerResponse, error: KeywheelError, shape: 'rest' | 'rpc', allow: readonly string[]): void {
  if (response.headersSent || response.destroyed) return
  const headers: Record<string, string> = {}
  if (error.status === 401) headers['www-authenticate'] = 'Bearer'
  if (error.status === 405) headers['allow'] = allow.join(', ')
  if (error.data.retryAfter !== undefined) headers['retry-after'] = String(error.data.retryAfter)
  const body = wireError(error).toJSON()
  sendJson(response, error.status, shape === 'rpc' ? { json: body } : body, headers)
}
