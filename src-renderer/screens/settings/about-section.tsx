/** About and help: what runs here, and where to go on. */
import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { navigate, setParams } from '../../route.ts'
import { openHelp } from '../../shell/dialogs.ts'
import { Facts } from './facts.tsx'

export function AboutSection() {
  const { t } = useTranslation(['settings', 'common'])
  const { orpc } = useApi()
  const info = useQuery(orpc.system.info.queryOptions())
  if (info.isError) return <ErrorNotice error={info.error} onRetry={() => void info.refetch()} />
  if (!info.data) return <SkeletonRows />
  const { version, shell, platform, node, dataDir, workspace, revealAllowed } = info.data
  return (
    <>
      <Section title={t('common:app')} description={t('settings:about.text')}>
        <Facts
          facts={[
            [t('settings:about.version'), version],
            [t('settings:about.shell'), t(`settings:about.shells.${shell}`)],
            [t('settings:about.platform'), platform],
            [t('settings:about.node'), node],
            [t('settings:about.folder'), dataDir],
            [t('settings:about.workspace'), workspace],
            [t('settings:about.reveal'), t(revealAllowed ? 'settings:about.allowed' : 'settings:about.refused')],
          ]}
        />
      </Section>
      <Section title={t('settings:about.help')}>
        <Group>
          <Button variant="default" onClick={openHelp}>
            {t('settings:about.shortcuts')}
          </Button>
          <Button variant="default" onClick={() => navigate('welcome')}>
            {t('settings:about.welcome')}
          </Button>
          <Button variant="default" onClick={() => setParams({ section: 'diagnostics' })}>
            {t('settings:sections.diagnostics')}
          </Button>
        </Group>
      </Section>
    </>
  )
}
