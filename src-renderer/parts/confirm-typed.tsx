/** Asks for a typed word before what cannot be undone. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

export interface ConfirmTypedProps {
  opened: boolean
  title: string
  children: ReactNode
  /** What must be typed, letter by letter. */
  text: string
  confirmLabel: string
  loading?: boolean
  onConfirm: () => void
  onClose: () => void
}

export function ConfirmTyped({
  opened,
  title,
  children,
  text,
  confirmLabel,
  loading = false,
  onConfirm,
  onClose,
}: ConfirmTypedProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const close = () => {
    setTyped('')
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack
        component="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === text) onConfirm()
        }}
      >
        <Text size="sm">{children}</Text>
        <TextInput
          label={t('confirm.type', { text })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button type="submit" color="red" disabled={typed !== text} loading={loading}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
