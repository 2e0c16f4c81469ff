/** The published prompts as an OpenAPI document: each an endpoint of the proxy. */
import type { PromptVersion } from '../../../src-preload/contract/index.ts'

export type PublishedPrompt = PromptVersion & { slug: string; name: string; description: string }

/** OpenAPI 3.1. `proxyUrl` null = the proxy is off, and paths stand alone. */
export function promptsOpenApi(prompts: readonly PublishedPrompt[], proxyUrl: string | null): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: { title: 'Prompts', version: '1', description: 'Each takes its variables and answers as chat completions do.' },
    ...(proxyUrl === null ? {} : { servers: [{ url: proxyUrl }] }),
    security: [{ token: [] }],
    paths: Object.fromEntries(prompts.map((prompt) => [`/prompts/${prompt.slug}`, { post: operation(prompt) }])),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'The token of a client.' } },
      schemas: { Answer: answer, Error: error },
    },
  }
}

function operation({ slug, name, description, version, variables }: PublishedPrompt) {
  const needed = variables.filter((variable) => variable.default === null).map((variable) => variable.name)
  const schema = {
    type: 'object',
    additionalProperties: false,
    ...(needed.length > 0 ? { required: ['variables'] } : {}),
    properties: {
      variables: {
        type: 'object',
        additionalProperties: false,
        required: needed,
        properties: Object.fromEntries(variables.map((variable) => [variable.name, value(variable)])),
      },
      stream: { type: 'boolean', default: false },
    },
  }
  return {
    operationId: slug,
    summary: name,
    description: [description, `Version ${version}.`].filter(Boolean).join('\n\n'),
    requestBody: { required: needed.length > 0, content: { 'application/json': { schema } } },
    responses: {
      200: {
        description: 'A chat completion, or a stream of its chunks',
        content: {
          'application/json': { schema: { $ref: '#/components/schemas/Answer' } },
          'text/event-stream': { schema: { type: 'string' } },
        },
      },
      default: { description: 'An error', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  }
}

function value({ description, default: given }: PublishedPrompt['variables'][number]) {
  return {
    type: ['string', 'number', 'boolean'],
    ...(description === '' ? {} : { description }),
    ...(given === null ? {} : { default: given }),
  }
}

const answer = {
  type: 'object',
  required: ['choices'],
  properties: {
    id: { type: 'string' },
    model: { type: 'string' },
    choices: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          message: { type: 'object', properties: { role: { type: 'string' }, content: { type: ['string', 'null'] } } },
          finish_reason: { type: 'string' },
        },
      },
    },
    usage: { type: 'object' },
  },
}

const error = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'object', properties: { message: { type: 'string' }, type: { type: 'string' }, code: { type: 'string' } } },
  },
}
