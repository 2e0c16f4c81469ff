/** A quiet button beside a failure that is nobody's entry: copies the diagnostics, redacted. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from './problem.ts'
import { useCopyDiagnostics } from './use-copy-diagnostics.ts'

/** Failures of Keywheel itself or of its surroundings; what a person can mend at a field is none. */
const faults: ReadonlySet<string> = new Set<Problem['code']>([
  'INTERNAL',
  'STORAGE_FAILED',
  'DISK_FULL',
  'UNREACHABLE',
  'METHOD_NOT_ALLOWED',
  'REMOTE_FAILED',
])

/** Nothing for failures that need none; without `code` always. */
export function CopyDiagnostics({ code }: { code?: Problem['code'] }) {
  const { t } = useTranslation('shell')
  const copy = useCopyDiagnostics()
  const [copied, setCopied] = useState<boolean | null>(null)
  if (code !== undefined && !faults.has(code)) return null
  return (
    <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void copy(code).then(setCopied)}>
      {copied === null ? t('failure.copy') : t(copied ? 'failure.copied' : 'failure.notCopied')}
    </Button>
  )
}
