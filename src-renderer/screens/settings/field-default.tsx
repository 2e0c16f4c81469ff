/** A field's default, and the way back to it. */
import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

export interface FieldDefaultProps {
  name: string
  /** The default as text. */
  value: string
  /** The field holds its default now. */
  isDefault: boolean
  onReset: () => void
}

export function FieldDefault({ name, value, isDefault, onReset }: FieldDefaultProps) {
  const { t } = useTranslation('settings')
  const words = t('default', { value })
  if (isDefault)
    return (
      <Text size="xs" c="dimmed">
        {words}
      </Text>
    )
  return (
    <Anchor
      component="button"
      type="button"
      size="xs"
      underline="always"
      onClick={onReset}
      aria-label={t('reset', { name, value })}
    >
      {words}
    </Anchor>
  )
}
