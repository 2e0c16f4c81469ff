/** Erase everything: the one thing that must be typed. */
import { Button, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmTyped } from '../../parts/confirm-typed.tsx'
import { Section } from '../../parts/page.tsx'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'

/** What the application wants to hear; not translated, because it is sent. */
const confirm = 'erase everything'

export function EraseCard() {
  const { t } = useTranslation('settings')
  const { client } = useApi()
  const [asking, setAsking] = useState(false)
  const erase = useMutation({
    mutationFn: () => client.system.erase({ confirm }),
    onSuccess: (_answer, _input, _result, context) => {
      setAsking(false)
      toastDone(t('erase.done'))
      return context.client.invalidateQueries()
    },
    onError: (error) => toastError(error),
  })
  return (
    <Section title={t('erase.title')}>
      <Text size="sm">{t('erase.text')}</Text>
      <div>
        <Button color="red" variant="outline" onClick={() => setAsking(true)}>
          {t('erase.button')}
        </Button>
      </div>
      <ConfirmTyped
        opened={asking}
        title={t('erase.title')}
        text={confirm}
        confirmLabel={t('erase.confirm')}
        loading={erase.isPending}
        onConfirm={() => erase.mutate()}
        onClose={() => setAsking(false)}
      >
        {t('erase.ask')}
      </ConfirmTyped>
    </Section>
  )
}
