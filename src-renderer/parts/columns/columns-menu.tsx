/** Chooses the columns of a table; the choice is kept, and can be given back to what fits. */
import { ActionIcon, Menu } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { type Column, withColumn } from './columns.ts'

export interface ColumnsMenuProps<Name extends string> {
  columns: readonly Column<Name>[]
  shown: readonly Name[]
  /** Null = those that fit are shown. */
  chosen: readonly Name[] | null
  label: (name: Name) => string
  onChange: (names: readonly Name[] | null) => void
}

export function ColumnsMenu<Name extends string>({ columns, shown, chosen, label, onChange }: ColumnsMenuProps<Name>) {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end" closeOnItemClick={false} withinPortal={false}>
      <Menu.Target>
        <ActionIcon data-tip="" variant="default" size={32} aria-label={t('columns.label')}>
          <IconColumns3 size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={t('columns.label')}>
        {columns.map(({ name }) => (
          <Menu.CheckboxItem
            key={name}
            checked={shown.includes(name)}
            onChange={() => onChange(withColumn(columns, shown, name))}
          >
            {label(name)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item closeMenuOnClick disabled={chosen === null} onClick={() => onChange(null)}>
          {t('columns.fit')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
