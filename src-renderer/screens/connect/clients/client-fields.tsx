/** What a client may do: which pools and models, how much, until when. */
import { Radio, Stack, TagsInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { BudgetField } from '../../../parts/budget-field.tsx'
import type { Issue } from '../../../parts/issues.ts'
import { localTimeOf, localTimeText } from '../../../parts/local-time.ts'
import { PoolsField } from '../../../parts/pools-field.tsx'
import { useModelNames } from '../use-model-names.ts'
import type { ClientDraft } from './client-draft.ts'
import { QuotasEditor } from './quotas-editor.tsx'

const lanes = ['interactive', 'background'] as const satisfies readonly ClientDraft['lane'][]

export interface ClientFieldsProps {
  draft: ClientDraft
  issues: readonly Issue[]
  onChange: (draft: ClientDraft) => void
}

export function ClientFields({ draft, issues, onChange }: ClientFieldsProps) {
  const { t } = useTranslation(['clients', 'common'])
  const models = useModelNames()
  const set = (changes: Partial<ClientDraft>) => onChange({ ...draft, ...changes })
  const problem = (path: string) => issues.find((issue) => issue.path === path)?.message
  // One entry of a list (`models.0`) is shown at its list.
  const within = (path: string) => issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message
  return (
    <Stack gap="sm">
      <TextInput
        label={t('clients:name')}
        description={t('clients:nameHint')}
        required
        maxLength={128}
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={draft.name !== '' && problem('name')}
        data-autofocus
      />
      <PoolsField label={t('clients:pools')} value={draft.pools} onChange={(pools) => set({ pools })} error={within('pools')} />
      <TagsInput
        label={t('clients:models')}
        description={t('clients:modelsHint')}
        data={models}
        acceptValueOnBlur
        value={draft.models}
        onChange={(names) => set({ models: names })}
        error={within('models')}
      />
      <QuotasEditor value={draft.quotas} onChange={(quotas) => set({ quotas })} problem={(path) => problem(`quotas.${path}`)} />
      <BudgetField
        label={t('clients:budget')}
        description={t('clients:budgetHint')}
        value={draft.budget}
        onChange={(budget) => set({ budget })}
        error={within('budget')}
      />
      <TextInput
        type="datetime-local"
        label={t('clients:expires')}
        description={t('clients:expiresHint')}
        value={localTimeText(draft.expiresAt)}
        onChange={(event) => set({ expiresAt: localTimeOf(event.currentTarget.value) })}
        error={problem('expiresAt')}
      />
      <Radio.Group
        label={t('clients:lane')}
        description={t('clients:laneHint')}
        value={draft.lane}
        onChange={(chosen) => set({ lane: lanes.find((lane) => lane === chosen) ?? draft.lane })}
      >
        <Stack gap={8} mt={6}>
          {lanes.map((lane) => (
            <Radio key={lane} value={lane} label={t(`common:lanes.${lane}`)} description={t(`common:lanesMean.${lane}`)} />
          ))}
        </Stack>
      </Radio.Group>
    </Stack>
  )
}
