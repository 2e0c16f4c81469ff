/** Changes of configuration, and back. */
import { KeywheelError } from '../../src-preload/contract/index.ts'
import type { HistoryService } from './types.ts'

export function createHistoryService(): HistoryService {
  return {
    list: () => Promise.reject(new KeywheelError('INTERNAL')),
    restore: () => Promise.reject(new KeywheelError('INTERNAL')),
  }
}
