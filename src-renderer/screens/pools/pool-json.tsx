/** A pool as JSON: the same draft, errors at their lines. */
import { useTranslation } from 'react-i18next'
import type { PoolConfig } from '../../../src-preload/contract/index.ts'
import { said } from '../../i18n/said.ts'
import { JsonEditor } from '../../parts/json-editor/json-editor.tsx'
import { faultsAt, type JsonFault, syntaxFault } from '../../parts/json-editor/json-lines.ts'
import { draftOfJson, jsonOf, type PoolDraft } from './pool-draft.ts'

export interface PoolJsonProps {
  mode: 'new' | 'edit'
  draft: PoolDraft
  /** What is left out of the configuration is as here. */
  defaults: PoolConfig
  /** Text that is no pool (yet); null = the draft as it is. */
  text: string | null
  /** What the application refused, by path. */
  issues: readonly { path: string; message: string }[]
  /** With the text while it is no pool. */
  onChange: (draft: PoolDraft | null, text: string) => void
}

export function PoolJson({ mode, draft, defaults, text, issues, onChange }: PoolJsonProps) {
  const { t } = useTranslation(['pools'])
  const shown = text ?? jsonOf(draft, mode, defaults)
  const faults = (): JsonFault[] => {
    const read = draftOfJson(shown, draft, mode, defaults)
    if ('notJson' in read) {
      const { line } = syntaxFault(shown, read.notJson)
      return [{ line, path: '', message: t('json.notJson', { reason: said(read.notJson) }) }]
    }
    return faultsAt(shown, 'issues' in read ? read.issues : issues)
  }
  const edit = (next: string) => {
    const read = draftOfJson(next, draft, mode, defaults)
    onChange('draft' in read ? read.draft : null, next)
  }
  return <JsonEditor label={t('json.label')} description={t('json.help')} value={shown} faults={faults()} onChange={edit} />
}
