/** A prompt as a form. */
import { Autocomplete, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Issue } from '../../../parts/issues.ts'
import { slugFrom } from '../../keys/add/target.ts'
import { useModelNames } from '../use-model-names.ts'
import { useProxyUrl } from '../use-proxy-url.ts'
import { MessagesEditor } from './messages-editor.tsx'
import { ParameterFields } from './parameter-fields.tsx'
import { type PromptDraft, type Variable, withMessages } from './prompt-draft.ts'
import { VariablesTable } from './variables-table.tsx'

export interface PromptFieldsProps {
  isNew: boolean
  draft: PromptDraft
  issues: readonly Issue[]
  onChange: (draft: PromptDraft) => void
}

/** The explanation below keeps the controls of a row in line. */
const inputWrapperOrder: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error']

export function PromptFields({ isNew, draft, issues, onChange }: PromptFieldsProps) {
  const { t } = useTranslation('gateway')
  const { url } = useProxyUrl()
  const models = useModelNames()
  // What was said of a variable is found again when its name was taken out and comes back.
  const said = useRef<Map<string, Variable>>(new Map())
  const problem = (path: string) => issues.find((issue) => issue.path === path)?.message
  const rename = (name: string) => {
    const follows = isNew && draft.slug === slugFrom(draft.name)
    onChange({ ...draft, name, ...(follows && { slug: slugFrom(name) }) })
  }
  const write = (messages: PromptDraft['messages']) => {
    for (const variable of draft.variables) said.current.set(variable.name, variable)
    onChange(withMessages(draft, messages, [...said.current.values()]))
  }
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label={t('prompts.name')}
          value={draft.name}
          onChange={(event) => rename(event.currentTarget.value)}
          required
          maxLength={128}
          error={draft.name !== '' && problem('name')}
          data-autofocus
        />
        <TextInput
          label={t('prompts.slug')}
          description={t('prompts.slugHelp', { address: `${url}/prompts/${draft.slug || '…'}` })}
          inputWrapperOrder={inputWrapperOrder}
          value={draft.slug}
          onChange={(event) => onChange({ ...draft, slug: event.currentTarget.value })}
          readOnly={!isNew}
          required={isNew}
          maxLength={64}
          error={draft.slug !== '' && problem('slug')}
          spellCheck={false}
        />
        <Autocomplete
          label={t('prompts.model')}
          description={t('prompts.modelHelp')}
          inputWrapperOrder={inputWrapperOrder}
          data={models}
          limit={30}
          value={draft.model}
          onChange={(model) => onChange({ ...draft, model })}
          required
          maxLength={200}
          error={draft.model !== '' && problem('model')}
          spellCheck={false}
        />
        <Textarea
          label={t('prompts.description')}
          value={draft.description}
          onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
          autosize
          minRows={1}
          maxLength={4000}
        />
      </SimpleGrid>
      <MessagesEditor value={draft.messages} onChange={write} problem={problem} />
      <VariablesTable value={draft.variables} onChange={(variables) => onChange({ ...draft, variables })} problem={problem} />
      <ParameterFields value={draft.parameters} onChange={(parameters) => onChange({ ...draft, parameters })} problem={problem} />
    </Stack>
  )
}
