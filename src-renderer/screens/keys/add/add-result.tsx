/** What came of adding keys: how many, what was left out and why, and the check as it goes on. */
import { Alert, Button, List, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { StateBadge } from '../../../parts/state-badge.tsx'
import { useApi } from '../../../queries/api.tsx'
import { waitText } from '../check-keys.ts'
import { reasonOf } from '../standing.ts'
import classes from './add.module.css'
import type { Added } from './use-add-keys.ts'

/** Enough to watch; all of them are in the list of keys. */
const shown = 8

interface AddResultProps {
  added: Added
  onCheckRest: () => void
}

export function AddResult({ added, onCheckRest }: AddResultProps) {
  const { t } = useTranslation(['keys'])
  const { imported } = added
  return (
    <Stack gap="md">
      <Alert
        color={imported.added > 0 ? 'green' : 'gray'}
        icon={imported.added > 0 ? <IconCircleCheck /> : <IconInfoCircle />}
        title={imported.added > 0 ? t('result.title', { count: imported.added }) : t('result.none')}
        role="status"
      >
        {imported.duplicates > 0 && <Text size="sm">{t('result.duplicates', { count: imported.duplicates })}</Text>}
        {imported.left > 0 && <Text size="sm">{t('result.stopped', { count: imported.left })}</Text>}
        {imported.added > 0 && <CheckLine added={added} onCheckRest={onCheckRest} />}
      </Alert>
      {imported.invalid.length > 0 && (
        <Stack gap={4}>
          <Title order={3}>{t('result.invalid')}</Title>
          <List size="sm">
            {imported.invalid.slice(0, 50).map(({ line, reason }) => (
              <List.Item key={line}>
                {t('sheet.line', { line })}: {reason}
              </List.Item>
            ))}
          </List>
          {imported.invalid.length > 50 && (
            <Text size="sm" c="dimmed">
              {t('sheet.more', { count: imported.invalid.length - 50 })}
            </Text>
          )}
        </Stack>
      )}
      <Watch ids={imported.ids.slice(0, shown)} more={imported.ids.length - shown} />
    </Stack>
  )
}

function CheckLine({ added, onCheckRest }: AddResultProps) {
  const { t } = useTranslation(['keys'])
  const { checks, checkable, imported } = added
  if (!checkable) return <Text size="sm">{t('result.unchecked')}</Text>
  const total = checks?.total ?? 0
  const rest = imported.ids.length - total
  return (
    <Stack gap={6} align="flex-start">
      {checks && <Text size="sm">{checkText(checks, t)}</Text>}
      {checks && rest > 0 && <Text size="sm">{t('result.first', { count: total })}</Text>}
      {checks?.over && rest > 0 && (
        <Button size="compact-sm" variant="default" onClick={onCheckRest}>
          {t('result.rest', { count: rest })}
        </Button>
      )}
    </Stack>
  )
}

function checkText(checks: NonNullable<Added['checks']>, t: TFunction<['keys']>): string {
  const { done, total, over, ok, bad, skipped, paused } = checks
  if (done < total && !over) {
    const checking = t('result.checking', { done, total })
    return paused.length > 0 ? `${checking} · ${waitText(paused)}` : checking
  }
  const checked = t('result.checked', { ok, bad })
  const others = [
    skipped > 0 && t('result.skipped', { count: skipped }),
    done < total && t('result.left', { count: total - done }),
  ]
  return [checked, ...others.filter((text) => text !== false)].join(' ')
}

function Watch({ ids, more }: { ids: readonly string[]; more: number }) {
  const { t } = useTranslation(['keys'])
  const { orpc } = useApi()
  const keys = useQueries({ queries: ids.map((id) => orpc.keys.get.queryOptions({ input: { id } })) })
  return (
    <ul className={classes.list}>
      {keys.map(
        ({ data }) =>
          data && (
            <li key={data.id} className={classes.line}>
              <Text size="sm" truncate>
                {data.label}
              </Text>
              <Text size="xs" c="dimmed" ff="monospace">
                {data.hint}
              </Text>
              <StateBadge state={data.state} until={data.until} reason={reasonOf(data)} />
            </li>
          ),
      )}
      {more > 0 && (
        <li>
          <Text size="sm" c="dimmed" pt="xs">
            {t('sheet.more', { count: more })}
          </Text>
        </li>
      )}
    </ul>
  )
}
