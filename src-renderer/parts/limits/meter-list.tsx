/** Limits by model, each as a bar. */
import { useTranslation } from 'react-i18next'
import type { Meter } from '../../../src-preload/contract/index.ts'
import classes from './meter.module.css'
import { MeterBar } from './meter-bar.tsx'
import { groupMeters, meterId } from './meters.ts'

export function MeterList({ meters }: { meters: readonly Meter[] }) {
  const { t } = useTranslation(['limits'])
  const groups = groupMeters(meters)
  // A single table of all models together needs no heading.
  const bare = groups.length === 1 && groups[0]?.model === null
  return groups.map(({ scope, model, meters: bars }) => (
    <div key={`${scope}:${model ?? ''}`} className={classes.group}>
      {!bare && <div className={classes.model}>{model ?? t('allModels')}</div>}
      <div className={classes.bars}>
        {bars.map((meter) => (
          <MeterBar key={meterId(meter)} meter={meter} />
        ))}
      </div>
    </div>
  ))
}
