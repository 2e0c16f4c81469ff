/** The contract, waiting for its handlers. */
import { implement } from '@orpc/server'
import { contract } from '../../src-preload/contract/index.ts'
import type { ApiContext } from './context.ts'

export const os = implement(contract).$context<ApiContext>()
