/** The places of a route: pools with their models; targets have weights, steps an order. */
import { ActionIcon, Autocomplete, Button, NumberInput, Select, Stack, Text } from '@mantine/core'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Pool, ServedModel } from '../../../../src-preload/contract/index.ts'
import { formatPercent, formatPool } from '../../../format.ts'
import type { Issue } from '../../../parts/issues.ts'
import { movedUp } from '../../../parts/moved-up.ts'
import classes from './models.module.css'
import { type Step, shareOf, type Target } from './route-draft.ts'

export interface RouteScene {
  pools: readonly Pool[]
  served: readonly ServedModel[]
  issues: readonly Issue[]
}

interface EditorProps<Place> {
  value: readonly Place[]
  onChange: (places: Place[]) => void
  scene: RouteScene
}

export function TargetsEditor({ value, onChange, scene }: EditorProps<Target>) {
  const { t, i18n } = useTranslation('gateway')
  const put = (at: number, place: Target) => onChange(value.map((old, index) => (index === at ? place : old)))
  return (
    <Stack gap={6} role="group" aria-label={t('routes.targets')}>
      <Head title={t('routes.targets')} help={t('routes.targetsHelp')} />
      {value.map((place, at) => (
        // Places have no name but their position.
        <div key={at} className={classes.place}>
          <PlaceFields
            place={place}
            onChange={(changes) => put(at, { ...place, ...changes })}
            path={`targets.${at}`}
            scene={scene}
            labels={[t('routes.targetPool', { number: at + 1 }), t('routes.targetModel', { number: at + 1 })]}
          />
          <NumberInput
            aria-label={t('routes.targetWeight', { number: at + 1 })}
            value={place.weight}
            onChange={(weight) => put(at, { ...place, weight: Number(weight) })}
            min={1}
            max={1000}
            clampBehavior="none"
            allowDecimal={false}
            error={issueAt(scene, `targets.${at}.weight`)}
          />
          <Text size="xs" c="dimmed" className={classes.share}>
            {t('routes.share', { share: formatPercent(shareOf(value, at), i18n.language) })}
          </Text>
          {value.length > 1 ? (
            <Remove
              label={t('routes.removeTarget', { number: at + 1 })}
              onClick={() => onChange(value.filter((_, index) => index !== at))}
            />
          ) : (
            <span />
          )}
        </div>
      ))}
      <Add
        label={t('routes.addTarget')}
        full={value.length >= 16}
        onClick={() => onChange([...value, { pool: '', model: null, weight: 1 }])}
      />
    </Stack>
  )
}

export function ChainEditor({ value, onChange, scene }: EditorProps<Step>) {
  const { t } = useTranslation('gateway')
  const put = (at: number, place: Step) => onChange(value.map((old, index) => (index === at ? place : old)))
  return (
    <Stack gap={6} role="group" aria-label={t('routes.chain')}>
      <Head title={t('routes.chain')} help={t('routes.chainHelp')} />
      {value.map((step, at) => (
        // Places have no name but their position.
        <div key={at} className={classes.step}>
          <PlaceFields
            place={step}
            onChange={(changes) => put(at, { ...step, ...changes })}
            path={`then.${at}`}
            scene={scene}
            labels={[t('routes.chainPool', { number: at + 1 }), t('routes.chainModel', { number: at + 1 })]}
          />
          {at === 0 ? (
            <span />
          ) : (
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={4}
              aria-label={t('routes.upStep', { number: at + 1 })}
              onClick={() => onChange(movedUp(value, at))}
            >
              <IconArrowUp size={15} />
            </ActionIcon>
          )}
          <Remove
            label={t('routes.removeStep', { number: at + 1 })}
            onClick={() => onChange(value.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <Add
        label={t('routes.addStep')}
        full={value.length >= 16}
        onClick={() => onChange([...value, { pool: '', model: null }])}
      />
    </Stack>
  )
}

interface PlaceFieldsProps {
  place: Step
  onChange: (changes: Partial<Step>) => void
  /** In the route, e.g. `then.0`. */
  path: string
  scene: RouteScene
  labels: readonly [pool: string, model: string]
}

function PlaceFields({ place, onChange, path, scene, labels }: PlaceFieldsProps) {
  const { t } = useTranslation('gateway')
  const { pools, served } = scene
  const gone = place.pool !== '' && !pools.some(({ slug }) => slug === place.pool)
  const choices = pools.map(({ slug, name }) => ({ value: slug, label: name }))
  const problem = gone ? t('routes.missing', { pool: formatPool(place.pool) }) : issueAt(scene, `${path}.pool`)
  return (
    <>
      <Select
        aria-label={labels[0]}
        placeholder={t('routes.pool')}
        data={gone ? [...choices, { value: place.pool, label: t('routes.gone', { pool: formatPool(place.pool) }) }] : choices}
        value={place.pool || null}
        onChange={(pool) => pool && onChange({ pool })}
        allowDeselect={false}
        searchable={pools.length > 8}
        error={place.pool === '' ? t('routes.choosePool') : problem}
      />
      <Autocomplete
        aria-label={labels[1]}
        placeholder={t('routes.asAsked')}
        data={[...new Set(served.filter(({ pool }) => pool === place.pool).map(({ model }) => model))]}
        limit={30}
        value={place.model ?? ''}
        onChange={(model) => onChange({ model: model.trim() === '' ? null : model })}
        maxLength={200}
        spellCheck={false}
        error={issueAt(scene, `${path}.model`)}
      />
    </>
  )
}

export function issueAt({ issues }: RouteScene, path: string): string | undefined {
  return issues.find((issue) => issue.path === path)?.message
}

function Head({ title, help }: { title: string; help: string }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Text size="xs" c="dimmed">
        {help}
      </Text>
    </div>
  )
}

function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" mt={4} aria-label={label} onClick={onClick}>
      <IconTrash size={15} />
    </ActionIcon>
  )
}

function Add({ label, full, onClick }: { label: string; full: boolean; onClick: () => void }) {
  return (
    <div>
      <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={onClick} disabled={full}>
        {label}
      </Button>
    </div>
  )
}
