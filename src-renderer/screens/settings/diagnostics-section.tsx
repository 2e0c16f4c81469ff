/** Diagnostics: seen before they are copied or saved. */
import { Button, Code, Group } from '@mantine/core'
import { IconDownload, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../parts/copy-button.tsx'
import { download } from '../../parts/download.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { SkeletonBlock } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { diagnosticsText } from '../../queries/diagnostics.ts'
import classes from './settings.module.css'

const height = 420

export function DiagnosticsSection() {
  const { t } = useTranslation('settings')
  const { orpc } = useApi()
  const facts = useQuery(orpc.system.diagnostics.queryOptions({ staleTime: 0 }))
  const text = facts.data && diagnosticsText(facts.data)
  return (
    <Section title={t('diagnostics.title')} description={t('diagnostics.text')}>
      {facts.isError && <ErrorNotice error={facts.error} onRetry={() => void facts.refetch()} />}
      {text === undefined ? (
        <SkeletonBlock height={height} />
      ) : (
        <Code block h={height} className={classes.report} tabIndex={0} role="region" aria-label={t('diagnostics.label')}>
          {text}
        </Code>
      )}
      <Group gap="xs">
        {text !== undefined && <CopyButton labelled label={t('diagnostics.copy')} value={text} />}
        <Button
          variant="default"
          leftSection={<IconDownload size={15} />}
          disabled={text === undefined}
          onClick={() => text !== undefined && download('keywheel-diagnostics.json', 'application/json', text)}
        >
          {t('diagnostics.save')}
        </Button>
        <Button
          variant="subtle"
          leftSection={<IconRefresh size={15} />}
          onClick={() => void facts.refetch()}
          loading={facts.isFetching}
        >
          {t('diagnostics.refresh')}
        </Button>
      </Group>
    </Section>
  )
}
