/** Filter pills with counts, and the search. */
import { TextInput, UnstyledButton } from '@mantine/core'
import { IconSearch, IconX } from '@tabler/icons-react'
import { memo, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { type KeyPage, type KeyState, keyStates } from '../../../src-preload/contract/index.ts'
import { StateIcon } from '../../parts/state-badge.tsx'
import classes from './key-filters.module.css'

export interface StatePillsProps {
  counts: KeyPage['counts'] | undefined
  value: KeyState | null
  onChange: (state: KeyState | null) => void
}

/** `onChange` must stay the same from one drawing to the next. */
export const StatePills = memo(function StatePills({ counts, value, onChange }: StatePillsProps) {
  const { t } = useTranslation(['keys', 'common'])
  const total = counts && Object.values(counts).reduce((sum, count) => sum + count, 0)
  return (
    <div className={classes.pills} role="group" aria-label={t('filter')}>
      <UnstyledButton className={classes.pill} aria-pressed={value === null} onClick={() => onChange(null)}>
        {t('anyState')} <span className={classes.count}>{total ?? ''}</span>
      </UnstyledButton>
      {keyStates.map((state) => (
        <UnstyledButton
          key={state}
          className={classes.pill}
          aria-pressed={value === state}
          data-none={counts?.[state] === 0 || undefined}
          onClick={() => onChange(value === state ? null : state)}
        >
          <StateIcon state={state} size={14} />
          {t(`common:states.${state}`)} <span className={classes.count}>{counts?.[state] ?? ''}</span>
        </UnstyledButton>
      ))}
    </div>
  )
})

export interface KeySearchProps {
  value: string
  onChange: (q: string) => void
  inputRef: Ref<HTMLInputElement>
}

export function KeySearch({ value, onChange, inputRef }: KeySearchProps) {
  const { t } = useTranslation(['keys', 'common'])
  return (
    <TextInput
      ref={inputRef}
      className={classes.search}
      aria-label={t('search')}
      placeholder={t('search')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && onChange('')}
      leftSection={<IconSearch size={15} />}
      rightSection={
        value && (
          <UnstyledButton className={classes.clear} onClick={() => onChange('')} aria-label={t('common:clear')}>
            <IconX size={14} />
          </UnstyledButton>
        )
      }
      autoComplete="off"
      spellCheck={false}
    />
  )
}
