/** Trying a pool or model: a call through our own proxy, told as it happens. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { PlaygroundService } from '../types.ts'

export function createPlaygroundService(): PlaygroundService {
  return {
    async *run() {
      await Promise.reject(new KeywheelError('INTERNAL'))
    },
  }
}
