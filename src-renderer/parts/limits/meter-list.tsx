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
  const mixed = groups.some((group) => group.scope !== groups[0]?.scope)
  const heading = (scope: Meter['scope'], model: string | null) =>
    [mixed && scope === 'key' && t('ofKey'), model ?? (mixed && scope === 'key' ? '' : t('allModels'))]
      .filter(Boolean)
      .join(' · ')
  return groups.map(({ scope, model, meters: bars }) => (
    <div key={`${scope}:${model ?? ''}`} className={classes.group}>
      {!bare && <div className={classes.model}>{heading(scope, model)}</div>}
      <div className={classes.bars}>
        {bars.map((meter) => (
          <MeterBar key={meterId(meter)} meter={meter} sourced={bars.some(({ source }) => source !== meter.source)} />
        ))}
      </div>
    </div>
  ))
}
