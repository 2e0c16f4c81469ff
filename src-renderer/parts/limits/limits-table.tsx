/** Limits by model as a table to write in: all models together, then single ones; a preset fills it. */
import { ActionIcon, Autocomplete, Button, Group, Menu, NumberInput, Select, Stack, Text } from '@mantine/core'
import { IconPlus, IconTableImport, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LimitsByModel, Provider } from '../../../src-preload/contract/index.ts'
import {
  allModels,
  type LimitRow,
  limitNames,
  limitsOf,
  rowProblem,
  rowsOf,
  sameLimits,
  tokenTypes,
  withCell,
  withNewRow,
  withTokenType,
} from './limit-rows.ts'
import classes from './limits-table.module.css'

export interface LimitsTableProps {
  label: string
  description: string
  /** Null while the rows say no limits (a number without a model). */
  value: LimitsByModel | null
  onChange: (limits: LimitsByModel | null) => void
  presets: Provider['presets']
  /** What the application refused. */
  error?: string | undefined
}

export function LimitsTable({ label, description, value, onChange, presets, error }: LimitsTableProps) {
  const { t } = useTranslation(['limits'])
  const [edited, setEdited] = useState(() => rowsOf(value ?? {}))
  // What comes from outside (discard, save, a preset) takes the place of what was typed.
  const said = limitsOf(edited)
  const typed = value === null ? said === null : said !== null && sameLimits(said, value)
  const rows = typed ? edited : rowsOf(value ?? {})
  const change = (next: LimitRow[]) => {
    setEdited(next)
    onChange(limitsOf(next))
  }
  const models = [...new Set(presets.flatMap((preset) => Object.keys(preset.limits)))].filter((name) => name !== allModels)
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <div>
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      </div>
      <div className={classes.table}>
        <Head />
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            problem={rowProblem(row, rows)}
            models={models}
            onChange={(changed) => change(rows.map((other) => (other.id === row.id ? changed : other)))}
            onRemove={() => change(rows.filter((other) => other.id !== row.id))}
          />
        ))}
      </div>
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      <Group gap="xs">
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => change(withNewRow(rows))}>
          {t('table.add')}
        </Button>
        <Presets presets={presets} onChoose={(limits) => change(rowsOf(limits))} />
      </Group>
      <Text size="xs" c="dimmed">
        {t('table.help')}
      </Text>
      <PresetSource presets={presets} limits={said} />
    </Stack>
  )
}

function Head() {
  const { t } = useTranslation(['limits'])
  return (
    <div className={classes.row} aria-hidden>
      {(['model', ...limitNames, 'tokenType'] as const).map((name) => (
        <span key={name} className={classes.head}>
          {t(`table.${name}`)}
        </span>
      ))}
    </div>
  )
}

interface RowProps {
  row: LimitRow
  problem: ReturnType<typeof rowProblem>
  models: readonly string[]
  onChange: (row: LimitRow) => void
  onRemove: () => void
}

function Row({ row, problem, models, onChange, onRemove }: RowProps) {
  const { t } = useTranslation(['limits'])
  const { model, set } = row
  const fixed = model === allModels && row.id === 0
  const name = fixed ? t('table.all') : model.trim() || t('table.newModel')
  const labelled = (limit: string) => t('table.cell', { limit, model: name })
  return (
    <div className={classes.row}>
      {fixed ? (
        <Text size="sm">{t('allModels')}</Text>
      ) : (
        <Autocomplete
          aria-label={labelled(t('table.model'))}
          placeholder={t('table.modelHint')}
          value={model}
          onChange={(next) => onChange({ ...row, model: next })}
          data={[...models]}
          limit={20}
          maxLength={200}
          error={problem && t(`table.${problem}`)}
          comboboxProps={{ width: 260, position: 'bottom-start' }}
          spellCheck={false}
        />
      )}
      {limitNames.map((limit) => (
        <NumberInput
          key={limit}
          aria-label={labelled(t(`table.${limit}`))}
          value={set[limit] ?? ''}
          onChange={(amount) => onChange({ ...row, set: withCell(set, limit, typeof amount === 'number' ? amount : undefined) })}
          min={0}
          max={1e15}
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          hideControls
          placeholder="∞"
          classNames={{ input: classes.number }}
        />
      ))}
      <Select
        aria-label={labelled(t('table.tokenType'))}
        data={tokenTypes.map((type) => ({ value: type, label: t(`table.types.${type}`) }))}
        value={set.tokenType ?? 'total'}
        onChange={(type) => onChange({ ...row, set: withTokenType(set, tokenTypes.find((known) => known === type) ?? 'total') })}
        allowDeselect={false}
        comboboxProps={{ width: 110, position: 'bottom-end' }}
      />
      {fixed ? (
        <span />
      ) : (
        <ActionIcon variant="subtle" color="gray" aria-label={t('table.remove', { model: name })} onClick={onRemove}>
          <IconTrash size={15} />
        </ActionIcon>
      )}
    </div>
  )
}

function Presets({ presets, onChoose }: { presets: Provider['presets']; onChoose: (limits: LimitsByModel) => void }) {
  const { t } = useTranslation(['limits'])
  if (presets.length === 0) return null
  return (
    <Menu position="bottom-start" withinPortal={false}>
      <Menu.Target>
        <Button size="compact-sm" variant="default" leftSection={<IconTableImport size={14} />}>
          {t('table.preset')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-label={t('table.preset')}>
        {presets.map(({ id, name, limits }) => (
          <Menu.Item key={id} onClick={() => onChoose(limits)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Where the figures come from, while they are a preset's. */
function PresetSource({ presets, limits }: { presets: Provider['presets']; limits: LimitsByModel | null }) {
  const { t } = useTranslation(['limits'])
  const preset = limits && presets.find((known) => sameLimits(known.limits, limits))
  if (!preset) return null
  return (
    <Text size="xs" c="dimmed">
      {t('table.asPreset', { name: preset.name, source: preset.source })}
    </Text>
  )
}
