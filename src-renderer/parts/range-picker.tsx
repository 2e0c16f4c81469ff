/** Chooses a span of time: the usual ones, or any. */
import { Button, Group, Popover, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { localTimeText } from './local-time.ts'
import { presets, type Range, rangeBounds } from './range.ts'

export interface RangePickerProps {
  value: Range
  onChange: (range: Range) => void
}

export function RangePicker({ value, onChange }: RangePickerProps) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  const choose = (kind: string) => {
    const preset = presets.find((known) => known === kind)
    if (preset) onChange({ kind: preset })
    else setOpened(true)
  }
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <SegmentedControl
          aria-label={t('range.label')}
          size="xs"
          value={value.kind}
          onChange={choose}
          data={[...presets, 'custom' as const].map((kind) => ({ value: kind, label: t(`range.${kind}`) }))}
          onClick={() => value.kind === 'custom' && setOpened(true)}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <CustomRange
          initial={value}
          onApply={(range) => {
            setOpened(false)
            onChange(range)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

function CustomRange({ initial, onApply }: { initial: Range; onApply: (range: Range) => void }) {
  const { t } = useTranslation()
  // Nobody means 1970 by "all".
  const [bounds] = useState(() => rangeBounds(initial.kind === 'all' ? { kind: '30d' } : initial, Date.now()))
  const [from, setFrom] = useState(() => localTimeText(bounds.from))
  const [to, setTo] = useState(() => localTimeText(bounds.to))
  const start = Date.parse(from)
  const end = Date.parse(to)
  return (
    <Stack gap="xs">
      <TextInput
        type="datetime-local"
        label={t('range.from')}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput type="datetime-local" label={t('range.to')} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      <Group justify="flex-end">
        <Button disabled={!(start < end)} onClick={() => onApply({ kind: 'custom', from: start, to: end })}>
          {t('range.apply')}
        </Button>
      </Group>
    </Stack>
  )
}
