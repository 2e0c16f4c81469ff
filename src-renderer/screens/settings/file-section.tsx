/** The settings as JSON: the same draft as in the other sections, errors at their lines. */
import { Button, Group } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { said } from '../../i18n/said.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { download } from '../../parts/download.ts'
import { JsonEditor } from '../../parts/json-editor/json-editor.tsx'
import { faultsAt, type JsonFault, syntaxFault } from '../../parts/json-editor/json-lines.ts'
import { Section } from '../../parts/page.tsx'
import { SkeletonBlock } from '../../parts/skeletons.tsx'
import { jsonOfSettings, settingsOfJson } from './settings-json.ts'
import type { Draft } from './use-draft.ts'

export function FileSection({ draft }: { draft: Draft }) {
  const { t } = useTranslation('settings')
  const { value, text, setText } = draft
  if (!value) return <SkeletonBlock height={360} />
  const shown = text ?? jsonOfSettings(value)
  const faults = (): JsonFault[] => {
    const read = settingsOfJson(shown)
    if ('notJson' in read) {
      const { line } = syntaxFault(shown, read.notJson)
      return [{ line, path: '', message: t('file.notJson', { reason: said(read.notJson) }) }]
    }
    return 'issues' in read ? faultsAt(shown, read.issues) : []
  }
  return (
    <Section
      title={t('file.title')}
      description={t('file.text')}
      actions={
        <Group gap="xs" wrap="nowrap">
          <CopyButton labelled label={t('file.copy')} value={shown} />
          <Button
            variant="default"
            leftSection={<IconDownload size={15} />}
            onClick={() => download('keywheel-settings.json', 'application/json', shown)}
          >
            {t('file.save')}
          </Button>
        </Group>
      }
    >
      <JsonEditor label={t('file.label')} value={shown} faults={faults()} onChange={setText} />
    </Section>
  )
}
