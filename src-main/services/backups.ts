/** Copies of the configuration in the data folder. */
import { KeywheelError } from '../../src-preload/contract/index.ts'
import type { BackupService } from './types.ts'

export function createBackupService(): BackupService {
  return {
    list: () => Promise.resolve([]),
    create: () => Promise.reject(new KeywheelError('INTERNAL')),
    restore: () => Promise.reject(new KeywheelError('INTERNAL')),
    remove: () => Promise.reject(new KeywheelError('INTERNAL')),
  }
}
