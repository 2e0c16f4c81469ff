/** One HTTP request and its whole answer. Without time-outs: how long a model may think is the proxy's to say. */
import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface HttpCall {
  method: string
  headers?: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
  signal?: AbortSignal | undefined
}

/** Rejects with the system's error when nobody answers, or the answer breaks off. */
export function http(url: URL, { method, headers = {}, body, signal }: HttpCall): Promise<HttpAnswer> {
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  const content = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length }
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, ...content }, ...(signal === undefined ? {} : { signal }) }
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    request.once('error', reject)
    request.end(payload)
  })
}

/** The JSON of a text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
