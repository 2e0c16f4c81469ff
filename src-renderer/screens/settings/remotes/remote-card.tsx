/** One server: how it answers, and its pools that are used here. */
import { ActionIcon, Alert, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconAlertTriangle, IconPencil, IconRefresh, IconTrash, IconUnlink } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Remote, RemoteLink } from '../../../../src-preload/contract/index.ts'
import { formatPool } from '../../../format.ts'
import { said } from '../../../i18n/said.ts'
import { Ago } from '../../../parts/ago.tsx'
import { Section } from '../../../parts/page.tsx'
import { hrefOf } from '../../../route.ts'
import { openUnlock } from '../../../shell/dialogs.ts'
import { RemoteState } from './remote-state.tsx'
import classes from './remotes.module.css'
import { useRemoteActions } from './use-remote-actions.ts'

export interface RemoteCardProps {
  remote: Remote
  onEdit: () => void
  onPools: () => void
}

export function RemoteCard({ remote, onEdit, onPools }: RemoteCardProps) {
  const { t } = useTranslation(['servers', 'common'])
  const { name, url, username, state, problem, checkedAt, links } = remote
  const actions = useRemoteActions(remote)
  return (
    <Section
      title={name}
      description={t('servers:remotes.as', { url, username })}
      actions={
        <>
          <Button variant="default" size="compact-sm" onClick={onPools}>
            {t('servers:remotes.pools')}
          </Button>
          {links.some(({ mode }) => mode === 'sync') && (
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<IconRefresh size={14} />}
              onClick={() => actions.sync.mutate()}
              loading={actions.sync.isPending}
              aria-label={t('servers:remotes.syncName', { name })}
            >
              {t('servers:remotes.sync')}
            </Button>
          )}
          <Icon label={t('servers:remotes.editName', { name })} onClick={onEdit}>
            <IconPencil size={16} />
          </Icon>
          <Icon label={t('servers:remotes.removeName', { name })} red onClick={() => askToRemove(actions.remove.mutate)}>
            <IconTrash size={16} />
          </Icon>
        </>
      }
    >
      <Group gap="md">
        <RemoteState state={state} />
        <Text size="sm" c="dimmed">
          {t('servers:remotes.checked')} <Ago at={checkedAt} />
        </Text>
      </Group>
      {problem !== null && (
        <Alert color={state === 'locked' ? 'amber' : 'red'} icon={<IconAlertTriangle />}>
          <Group justify="space-between" gap="sm">
            <Text size="sm">{said(problem)}</Text>
            {state === 'locked' && (
              <Button size="compact-sm" variant="default" onClick={openUnlock}>
                {t('common:banner.unlock')}
              </Button>
            )}
            {state === 'unauthorised' && (
              <Button size="compact-sm" variant="default" onClick={onEdit}>
                {t('servers:remotes.newPassword')}
              </Button>
            )}
          </Group>
        </Alert>
      )}
      {links.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('servers:remotes.noLinks')}
        </Text>
      ) : (
        <Links remote={remote} onUnlink={actions.unlink.mutate} />
      )}
    </Section>
  )

  function askToRemove(run: () => void) {
    modals.openConfirmModal({
      title: t('servers:remotes.removeName', { name }),
      children: <Text size="sm">{t('servers:remotes.removeAsk', { name })}</Text>,
      labels: { confirm: t('servers:remotes.remove'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: run,
    })
  }
}

function Links({ remote, onUnlink }: { remote: Remote; onUnlink: (pool: string) => void }) {
  const { t } = useTranslation(['servers', 'common'])
  const ask = ({ pool, mode }: RemoteLink) => {
    const name = formatPool(pool)
    modals.openConfirmModal({
      title: t('servers:remotes.unlinkName', { pool: name }),
      children: <Text size="sm">{t(`servers:remotes.unlinkAsk.${mode}`, { pool: name })}</Text>,
      labels: { confirm: t('servers:remotes.unlink'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: () => onUnlink(pool),
    })
  }
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table aria-label={t('servers:remotes.linksOf', remote)} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('servers:remotes.there')}</Table.Th>
            <Table.Th>{t('servers:remotes.here')}</Table.Th>
            <Table.Th>{t('servers:remotes.mode')}</Table.Th>
            <Table.Th>{t('servers:remotes.lastSync')}</Table.Th>
            <Table.Th w={44}>
              <VisuallyHidden>{t('servers:remotes.unlink')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {remote.links.map((link) => (
            <Table.Tr key={link.pool}>
              <Table.Td>{link.identifier}</Table.Td>
              <Table.Td>
                <a className={classes.link} href={hrefOf('keys', { pool: link.pool })}>
                  {formatPool(link.pool)}
                </a>
              </Table.Td>
              <Table.Td>
                {t(`servers:remotes.modes.${link.mode}`)}
                <Text size="xs" c="dimmed">
                  {link.mode === 'sync' && t('servers:remotes.every', { seconds: link.interval })}
                  {link.mode === 'sync' && link.report && ` · ${t('servers:remotes.reports')}`}
                </Text>
              </Table.Td>
              <Table.Td>
                {link.mode === 'sync' ? <Ago at={link.lastSyncAt} /> : t('common:none')}
                {link.problem !== null && (
                  <span className={classes.problem}>
                    <IconAlertTriangle size={14} aria-hidden />
                    {said(link.problem)}
                  </span>
                )}
              </Table.Td>
              <Table.Td>
                <Icon label={t('servers:remotes.unlinkName', link)} red onClick={() => ask(link)}>
                  <IconUnlink size={16} />
                </Icon>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface IconProps {
  label: string
  red?: boolean
  onClick: () => void
  children: React.ReactNode
}

function Icon({ label, red = false, onClick, children }: IconProps) {
  return (
    <ActionIcon data-tip="" variant="subtle" color={red ? 'red' : 'gray'} aria-label={label} onClick={onClick}>
      {children}
    </ActionIcon>
  )
}
