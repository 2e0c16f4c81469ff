/** Chooses a time zone by its name. */
import { Select, type SelectProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** UTC is a zone too, and the list of the browser does not name it. */
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

export interface ZoneSelectProps extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  value: string | null
  onChange: (zone: string | null) => void
}

/** `clearable` allows null. */
export function ZoneSelect({ value, onChange, ...rest }: ZoneSelectProps) {
  const { t } = useTranslation()
  const data = value === null || zones.includes(value) ? zones : [value, ...zones]
  return (
    <Select
      {...rest}
      data={data}
      value={value}
      onChange={onChange}
      searchable
      limit={60}
      allowDeselect={false}
      clearButtonProps={{ 'aria-label': t('clear') }}
    />
  )
}
