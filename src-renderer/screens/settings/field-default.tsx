/** The way back to a field's default; nothing while the field holds it. */
import { Anchor } from '@mantine/core'
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
  if (isDefault) return null
  return (
    <Anchor
      component="button"
      type="button"
      size="xs"
      underline="always"
      onClick={onReset}
      aria-label={t('reset', { name, value })}
    >
      {t('default', { value })}
    </Anchor>
  )
}
