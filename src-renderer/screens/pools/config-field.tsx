/** One field of a pool's configuration: control, explanation, default, range, unit, way back to the default. */
import { ActionIcon } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { PoolConfig } from '../../../src-preload/contract/index.ts'
import { formatList } from '../../format.ts'
import { ConfigControl } from './config-control.tsx'
import classes from './config-field.module.css'
import { type FieldName, type FieldSpec, fieldSpec, isWide } from './config-schema.ts'
import type { FieldScene } from './field-scene.ts'
import { useFieldWords } from './use-field-words.ts'

export interface ConfigFieldProps {
  name: FieldName
  value: PoolConfig[FieldName]
  scene: FieldScene
  onChange: (value: unknown) => void
}

export function ConfigField({ name, value, scene, onChange }: ConfigFieldProps) {
  const { t } = useTranslation(['pools', 'common'])
  const spec = fieldSpec(name)
  const changed = JSON.stringify(value) !== JSON.stringify(scene.defaults[name])
  return (
    <div className={classes.field} data-wide={isWide(spec) || undefined}>
      <ConfigControl spec={spec} value={value} scene={scene} onChange={onChange} />
      <div className={classes.foot}>
        <Facts spec={spec} scene={scene} />
        {changed && (
          <ActionIcon
            data-tip={t('common:reset')}
            size="xs"
            variant="subtle"
            aria-label={`${t('common:reset')}: ${t(`fields.${name}.label`)}`}
            onClick={() => onChange(scene.defaults[name])}
          >
            <IconArrowBackUp size={13} />
          </ActionIcon>
        )}
      </div>
    </div>
  )
}

function Facts({ spec, scene }: { spec: FieldSpec; scene: FieldScene }) {
  const { t, i18n } = useTranslation(['pools'])
  const words = useFieldWords(scene.resetZone)
  const { min, max } = spec
  const inUnit = (amount: number): string => {
    if (spec.kind === 'share') return t('percent', { value: Math.round(amount * 100) })
    return spec.seconds ? `${amount} ${t('seconds')}` : `${amount}`
  }
  return (
    <span>
      {t('default', { value: formatList(words(spec.name, scene.defaults[spec.name]), i18n.language) })}
      {min !== undefined &&
        max !== undefined &&
        ` · ${t('range', { min: `${spec.kind === 'share' ? Math.round(min * 100) : min}`, max: inUnit(max) })}`}
    </span>
  )
}
