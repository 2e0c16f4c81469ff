/** Rules for falling back: when no key is ready for a model, which ones are tried, in order. */
import { ActionIcon, Button, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { PoolConfig } from '../../../src-preload/contract/index.ts'
import { movedUp } from '../../parts/moved-up.ts'
import classes from './fallback-editor.module.css'
import { type FieldScene, issueAt } from './field-scene.ts'

type Rule = PoolConfig['fallback'][number]

export interface FallbackEditorProps {
  label: string
  description: string
  value: readonly Rule[]
  onChange: (rules: Rule[]) => void
  scene: FieldScene
}

export function FallbackEditor({ label, description, value, onChange, scene }: FallbackEditorProps) {
  const { t } = useTranslation(['pools'])
  const models = [...new Set(scene.presets.flatMap((preset) => Object.keys(preset.limits)))].filter((name) => name !== '*')
  // Only an exact path is about the chain as a whole (a circle); those of a rule are shown at it.
  const whole = scene.issues.find(({ path }) => path === 'config.fallback')?.message
  const change = (index: number, rule: Rule) => onChange(value.map((old, at) => (at === index ? rule : old)))
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
      {value.length > 0 && (
        <div className={classes.row} aria-hidden>
          <span className={classes.head}>{t('fallbackEditor.model')}</span>
          <span className={classes.head}>{t('fallbackEditor.order')}</span>
        </div>
      )}
      {value.map((rule, index) => (
        // Rules have no name but their place.
        <div key={index} className={classes.row}>
          <TextInput
            aria-label={t('fallbackEditor.name', { number: index + 1 })}
            placeholder={t('fallbackEditor.modelHint')}
            value={rule.model}
            onChange={(event) => change(index, { ...rule, model: event.currentTarget.value })}
            error={rule.model.trim() === '' ? t('fallbackEditor.nameModel') : issueAt(scene, `fallback.${index}.model`)}
            maxLength={200}
            spellCheck={false}
          />
          <TagsInput
            aria-label={t('fallbackEditor.chain', { number: index + 1 })}
            placeholder={rule.then.length === 0 ? t('fallbackEditor.thenHint') : ''}
            value={rule.then}
            onChange={(chain) => change(index, withChain(rule, chain))}
            data={[...models, ...elsewhere(rule, scene)]}
            maxTags={8}
            error={rule.then.length === 0 ? t('fallbackEditor.nameThen') : issueAt(scene, `fallback.${index}.then`)}
            acceptValueOnBlur
          />
          {index === 0 ? (
            <span />
          ) : (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('fallbackEditor.up', { number: index + 1 })}
              onClick={() => onChange(movedUp(value, index))}
            >
              <IconArrowUp size={15} />
            </ActionIcon>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('fallbackEditor.remove', { number: index + 1 })}
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </div>
      ))}
      {whole && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {whole}
        </Text>
      )}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...value, withChain({ model: '' }, [])])}
        >
          {t('fallbackEditor.add')}
        </Button>
      </div>
    </Stack>
  )
}

function withChain(rule: Pick<Rule, 'model'>, chain: string[]): Rule {
  // oxlint-disable-next-line unicorn/no-thenable -- the configuration's own word, and never a function
  return { ...rule, then: chain }
}

/** The same model in other pools. */
function elsewhere({ model }: Rule, { pools }: FieldScene): string[] {
  return model.trim() === '' || model.includes('*') ? [] : pools.map((slug) => `${slug}/${model.trim()}`)
}
