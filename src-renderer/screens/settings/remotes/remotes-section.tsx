/** Remote servers: apipool-servers, or other Keywheels, whose pools are used here. */
import { Button, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Remote } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import { setParams } from '../../../route.ts'
import { RemoteCard } from './remote-card.tsx'
import { RemoteDialog } from './remote-dialog.tsx'
import { RemotePoolsDialog } from './remote-pools-dialog.tsx'

export function RemotesSection({ adding }: { adding: boolean }) {
  const { t } = useTranslation('servers')
  const { orpc } = useApi()
  const remotes = useQuery(orpc.remotes.list.queryOptions())
  const [edited, setEdited] = useState<Remote | null>(null)
  const [browsed, setBrowsed] = useState<string | null>(null)
  return (
    <>
      <Section
        title={t('remotes.title')}
        description={t('remotes.text')}
        actions={
          <Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => setParams({ do: 'add' })}>
            {t('remotes.add')}
          </Button>
        }
      >
        {remotes.isError && <ErrorNotice error={remotes.error} onRetry={() => void remotes.refetch()} />}
        {remotes.isPending && <SkeletonRows rows={2} />}
        {remotes.data?.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('remotes.none')}
          </Text>
        )}
      </Section>
      {remotes.data?.map((remote) => (
        <RemoteCard key={remote.id} remote={remote} onEdit={() => setEdited(remote)} onPools={() => setBrowsed(remote.id)} />
      ))}
      <RemoteDialog
        open={edited ?? (adding ? 'new' : null)}
        onClose={(made) => {
          setEdited(null)
          if (adding) setParams({ do: null })
          // The next thing to do with a server is to use one of its pools.
          if (made) setBrowsed(made.id)
        }}
      />
      <RemotePoolsDialog remote={remotes.data?.find(({ id }) => id === browsed) ?? null} onClose={() => setBrowsed(null)} />
    </>
  )
}
