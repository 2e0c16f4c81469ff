/** About and help: what runs here, and what to send along with a report. */
import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { navigate } from '../../route.ts'
import { openHelp } from '../../shell/dialogs.ts'
import { diagnosticsOf } from './diagnostics.ts'
import { Facts } from './facts.tsx'

export function AboutSection() {
  const { t } = useTranslation(['settings', 'common'])
  const { orpc } = useApi()
  const info = useQuery(orpc.system.info.queryOptions())
  const proxy = useQuery(orpc.proxy.status.queryOptions()).data
  const vault = useQuery(orpc.vault.status.queryOptions()).data
  const pools = useQuery(orpc.pools.list.queryOptions()).data
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
          <CopyButton
            labelled
            label={t('settings:about.copy')}
            value={diagnosticsOf({ info: info.data, proxy, vault, pools, userAgent: navigator.userAgent })}
          />
        </Group>
        <Text size="xs" c="dimmed">
          {t('settings:about.copyHint')}
        </Text>
      </Section>
    </>
  )
}
