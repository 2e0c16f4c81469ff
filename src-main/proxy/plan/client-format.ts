/** The API that a client speaks, for the errors that Keywheel itself gives. */
import { detectFormat } from '../../providers/index.ts'
import type { ApiFormat } from '../../providers/types.ts'
import type { AdmittedCall } from '../admit/admission.ts'
import { headerValue } from '../raw-headers.ts'
import { apiOf } from './wire-format.ts'

export function clientFormat({ exchange, target }: AdmittedCall): ApiFormat {
  switch (target.kind) {
    case 'pool':
      return detectFormat(target.rest, (name) => headerValue(exchange.rawHeaders, name), target.pool.provider.format)
    case 'unified':
      return apiOf(target.operation.format)
    case 'prompt':
    case 'metrics':
      return 'openai'
  }
}
