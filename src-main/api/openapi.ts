/** The REST face described for machines. */
import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { z } from 'zod'
import { errorData } from '../../src-preload/contract/error-data.ts'
import { contract, errorTable } from '../../src-preload/contract/index.ts'

const errorBody = z.object({
  code: z.enum(Object.keys(errorTable) as [string, ...string[]]),
  status: z.number().int(),
  message: z.string(),
  data: errorData,
})

/** OpenAPI 3.1 for everything under `/api`. All calls share one error answer, so that the document stays readable. */
export async function openApiDocument(version: string): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(contract, {
    info: {
      title: 'Keywheel',
      version,
      description: 'Everything Keywheel can do, for scripts. Times are milliseconds since 1970.',
    },
    servers: [{ url: '/api' }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  })
  const error = { description: 'A coded error', content: { 'application/json': { schema: z.toJSONSchema(errorBody) } } }
  return {
    ...document,
    components: { ...document.components, responses: { Error: error } },
    paths: Object.fromEntries(Object.entries(document.paths ?? {}).map(([path, item]) => [path, withSharedErrors(item)])),
  }
}

type Operation = { responses?: Record<string, unknown> }

function withSharedErrors(item: object | undefined): object {
  const operations = Object.entries(item ?? {}).map(([method, operation]: [string, Operation]) => {
    const answers = Object.entries(operation.responses ?? {}).filter(([status]) => Number(status) < 400)
    return [
      method,
      { ...operation, responses: { ...Object.fromEntries(answers), default: { $ref: '#/components/responses/Error' } } },
    ]
  })
  return Object.fromEntries(operations)
}
