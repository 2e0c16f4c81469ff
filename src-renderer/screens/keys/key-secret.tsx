/** The secret: hidden, shown for as long as the answer says, copied, or replaced. It is kept only in this component. */
import { ActionIcon, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { toastDone } from '../../parts/toast.tsx'
import { useNow } from '../../parts/use-now.ts'
import { useApi } from '../../queries/api.tsx'
import classes from './key-drawer.module.css'
import { useKeyActions } from './use-key-actions.ts'

export function KeySecret({ entry }: { entry: Key }) {
  const { t } = useTranslation(['keys'])
  const { copy } = useKeyActions()
  const { shown, error, reveal, hide } = useReveal(entry.id)
  const [replacing, setReplacing] = useState(false)
  return (
    <Stack gap="xs" component="section" aria-label={t('drawer.secret')}>
      <Title order={3}>{t('drawer.secret')}</Title>
      <div className={classes.secret}>
        <span className={classes.value} data-testid="secret">
          {shown ? shown.secret : entry.hint}
        </span>
        {shown && <HidesIn at={shown.until} onEnd={hide} />}
        <ActionIcon
          data-tip=""
          variant="subtle"
          color="gray"
          aria-label={shown ? t('drawer.hide') : t('drawer.reveal')}
          onClick={shown ? hide : reveal}
        >
          {shown ? <IconEyeOff size={16} /> : <IconEye size={16} />}
        </ActionIcon>
        <ActionIcon data-tip="" variant="subtle" color="gray" aria-label={t('drawer.copy')} onClick={() => void copy(entry.id)}>
          <IconCopy size={16} />
        </ActionIcon>
        <Button size="compact-sm" variant="subtle" onClick={() => setReplacing(!replacing)} aria-expanded={replacing}>
          {t('drawer.replace')}
        </Button>
      </div>
      {error !== null && <ErrorNotice error={error} />}
      {replacing && <Replace id={entry.id} onDone={() => setReplacing(false)} />}
    </Stack>
  )
}

interface Shown {
  secret: string
  until: number
}

/** Neither a query nor a mutation: their caches would keep the secret. */
function useReveal(id: string) {
  const { client } = useApi()
  const [shown, setShown] = useState<Shown | null>(null)
  const [error, setError] = useState<unknown>(null)
  const reveal = () => {
    setError(null)
    client.keys
      .reveal({ id })
      .then(({ secret, hideAfter }) => setShown({ secret, until: Date.now() + hideAfter * 1000 }))
      .catch(setError)
  }
  return { shown, error, reveal, hide: () => setShown(null) }
}

function HidesIn({ at, onEnd }: { at: number; onEnd: () => void }) {
  const { t } = useTranslation(['keys'])
  const seconds = Math.max(0, Math.ceil((at - useNow()) / 1000))
  // A timer of its own: the shared clock stands still while the page is hidden.
  useEffect(() => {
    const timer = setTimeout(onEnd, Math.max(0, at - Date.now()))
    return () => clearTimeout(timer)
  }, [at, onEnd])
  return (
    <Text size="xs" c="dimmed" ff="text">
      {t('drawer.hiddenIn', { seconds })}
    </Text>
  )
}

function Replace({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation(['keys', 'common'])
  const { client } = useApi()
  const [secret, setSecret] = useState('')
  const replace = useMutation({
    mutationFn: (ready: { secret: () => string }) => client.keys.update({ id, secret: ready.secret() }),
    gcTime: 0,
    onSuccess: () => {
      toastDone(t('drawer.replaced'))
      onDone()
    },
  })
  return (
    <Stack
      component="form"
      gap="xs"
      onSubmit={(event) => {
        event.preventDefault()
        const value = secret.trim()
        replace.mutate({ secret: () => value })
      }}
    >
      <PasswordField
        label={t('drawer.replaceLabel')}
        description={t('drawer.replaceHelp')}
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
      {replace.error && <ErrorNotice error={replace.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onDone}>
          {t('common:cancel')}
        </Button>
        <Button type="submit" disabled={secret.trim() === ''} loading={replace.isPending}>
          {t('common:save')}
        </Button>
      </Group>
    </Stack>
  )
}
