/** Every field of a pool's configuration, in groups, with a search over their names and explanations. */
import { Accordion, Badge, CloseButton, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PoolConfig } from '../../../src-preload/contract/index.ts'
import classes from './config-field.module.css'
import { ConfigField } from './config-field.tsx'
import { type FieldGroup, type FieldName, fieldGroups, isShown } from './config-schema.ts'
import { type FieldScene, issueAt } from './field-scene.ts'

export interface ConfigFieldsProps {
  config: PoolConfig
  scene: FieldScene
  /** What is looked for at first. */
  find?: string
  onChange: (config: PoolConfig) => void
}

const groups = Object.keys(fieldGroups) as FieldGroup[]

export function ConfigFields({ config, scene, find = '', onChange }: ConfigFieldsProps) {
  const { t } = useTranslation(['pools'])
  const [opened, setOpened] = useState<readonly string[]>(['accounts', 'limits'])
  const [query, setQuery] = useState(find)
  const wanted = query.trim().toLowerCase()
  const differs = (name: FieldName) => JSON.stringify(config[name]) !== JSON.stringify(scene.defaults[name])
  // Scripts and the JSON view know a field by its own name.
  const fits = (name: FieldName) =>
    [name, t(`fields.${name}.label`), t(`fields.${name}.help`)].some((text) => text.toLowerCase().includes(wanted))
  const shownIn = (group: FieldGroup): readonly FieldName[] =>
    fieldGroups[group].filter((name) => isShown(name, scene.provider, differs(name)) && (wanted === '' || fits(name)))
  const found = groups.filter((group) => shownIn(group).length > 0)
  // A group with an error cannot be closed over it, and what was found is shown.
  const faulty = groups.filter((group) => fieldGroups[group].some((name) => issueAt(scene, name) !== undefined))
  const open = wanted === '' ? [...new Set([...opened, ...faulty])] : found
  return (
    <Stack gap="xs">
      <TextInput
        aria-label={t('find.label')}
        placeholder={t('find.label')}
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        leftSection={<IconSearch size={14} />}
        rightSection={query !== '' && <CloseButton size="sm" aria-label={t('find.clear')} onClick={() => setQuery('')} />}
        spellCheck={false}
      />
      {found.length === 0 && (
        <Text size="sm" c="dimmed" role="status">
          {t('find.none')}
        </Text>
      )}
      <Accordion multiple value={[...open]} onChange={setOpened} variant="separated" keepMounted={false}>
        {found.map((group) => {
          const changed = fieldGroups[group].filter(differs).length
          return (
            <Accordion.Item key={group} value={group}>
              <Accordion.Control>
                <Group gap="xs">
                  {t(`groups.${group}`)}
                  {changed > 0 && <Badge size="sm">{t('changed', { count: changed })}</Badge>}
                </Group>
              </Accordion.Control>
              <Accordion.Panel>
                <div className={classes.grid}>
                  {shownIn(group).map((name) => (
                    <ConfigField
                      key={name}
                      name={name}
                      value={config[name]}
                      scene={scene}
                      onChange={(value) => onChange({ ...config, [name]: value })}
                    />
                  ))}
                </div>
              </Accordion.Panel>
            </Accordion.Item>
          )
        })}
      </Accordion>
    </Stack>
  )
}
