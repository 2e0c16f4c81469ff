/** One field of a pool's configuration: control, explanation, default, range, unit, way back to the default. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { PoolConfig } from '../../../src-preload/contract/index.ts'
import { ConfigControl } from './config-control.tsx'
import classes from './config-field.module.css'
import { configDefaults, type FieldName, type FieldSpec, fieldSpec, isWide, zeroMeans } from './config-schema.ts'
import type { FieldScene } from './field-scene.ts'

export interface ConfigFieldProps {
  name: FieldName
  value: PoolConfig[FieldName]
  scene: FieldScene
  onChange: (value: unknown) => void
}

export function ConfigField({ name, value, scene, onChange }: ConfigFieldProps) {
  const { t } = useTranslation(['pools', 'common'])
  const spec = fieldSpec(name)
  const changed = JSON.stringify(value) !== JSON.stringify(configDefaults[name])
  return (
    <div className={classes.field} data-wide={isWide(spec) || undefined}>
      <ConfigControl spec={spec} value={value} scene={scene} onChange={onChange} />
      <div className={classes.foot}>
        <Facts spec={spec} scene={scene} />
        {changed && (
          <Tooltip label={t('common:reset')}>
            <ActionIcon
              size="xs"
              variant="subtle"
              aria-label={`${t('common:reset')}: ${t(`fields.${name}.label`)}`}
              onClick={() => onChange(configDefaults[name])}
            >
              <IconArrowBackUp size={13} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </div>
  )
}

function Facts({ spec, scene }: { spec: FieldSpec; scene: FieldScene }) {
  const { t } = useTranslation(['pools', 'limits', 'common'])
  const inUnit = (amount: number): string => {
    if (spec.kind === 'share') return t('percent', { value: Math.round(amount * 100) })
    return spec.seconds ? `${amount} ${t('seconds')}` : `${amount}`
  }
  const initial: unknown = configDefaults[spec.name]
  const zero = zeroMeans[spec.name]
  const word = (): string => {
    if (spec.kind === 'limits') return t('unlimited')
    if (spec.kind === 'fallback') return t('noFallback')
    if (spec.kind === 'zone') return zoneWord()
    if (spec.kind === 'budget') return t('unlimited')
    if (spec.kind === 'outbound') return t('asInSettings')
    if (spec.kind === 'names') return t('modelsListed')
    if (spec.kind === 'choice') return t(`retryUncertain.${configDefaults.retryUncertain}`)
    if (initial === 0 && zero) return t(zero)
    if (typeof initial === 'number') return inUnit(initial)
    if (typeof initial === 'boolean') return initial ? t('common:yes') : t('common:no')
    return initial === null && spec.name.startsWith('batch') ? t('asAbove') : t('common:none')
  }
  const zoneWord = () => (scene.resetZone ? t('limits:zone.unset', { zone: scene.resetZone }) : t('limits:zone.unsetUnknown'))
  const { min, max } = spec
  return (
    <span>
      {t('default', { value: word() })}
      {min !== undefined &&
        max !== undefined &&
        ` · ${t('range', { min: `${spec.kind === 'share' ? Math.round(min * 100) : min}`, max: inUnit(max) })}`}
    </span>
  )
}
