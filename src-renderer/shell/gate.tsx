/** Lets the application in once the connection stands; says so when this page has been signed out. */
import { Center, Loader } from '@mantine/core'
import { IconLogout, IconPlugConnectedX } from '@tabler/icons-react'
import { useCallback, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { App } from '../app.tsx'
import type { Connection } from '../bridge/index.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { SignedOut } from './signed-out.tsx'

export function Gate({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const subscribe = useCallback((listener: () => void) => connection.subscribe(listener), [connection])
  const state = useSyncExternalStore(subscribe, () => connection.state())
  const retry = () => connection.retry()
  const [opened, setOpened] = useState(false)
  if (state === 'open' && !opened) setOpened(true)
  // Once in, a lost line or session leaves everything where it is, with a banner or a question.
  if (opened)
    return (
      <>
        <App {...(state === 'open' ? {} : { onRetry: retry })} />
        <SignedOut opened={state === 'expired'} />
      </>
    )
  if (state === 'expired')
    return (
      <Center mih="100dvh" p="xl">
        <EmptyState icon={<IconLogout size={32} />} title={t('connection.expiredTitle')} text={t('connection.expiredText')} />
      </Center>
    )
  return (
    <Center mih="100dvh" role="status">
      {state === 'connecting' ? (
        <Loader aria-label={t('connection.connecting')} />
      ) : (
        <EmptyState
          icon={<IconPlugConnectedX size={32} />}
          title={t('connection.lost')}
          text={t('connection.lostWhy')}
          action={{ label: t('retry'), run: retry }}
        />
      )}
    </Center>
  )
}
