/** What a new client may do: which pools and models, how much, until when. */
import { Button, Group, MultiSelect, Radio, Stack, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Budget, Client, ClientCreated } from '../../../src-preload/contract/index.ts'
import { BudgetField } from '../../parts/budget-field.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { localTimeOf } from '../../parts/local-time.ts'
import { fieldErrors } from '../../parts/problem.ts'
import { useApi } from '../../queries/api.tsx'
import { useModelNames } from './use-model-names.ts'

type Lane = Client['lane']
interface ClientDraft {
  name: string
  pools: string[]
  lane: Lane
  models: string[]
  budget: Budget | null
  /** Local time; empty = it does not end. */
  expiresAt: string
}

const lanes = ['interactive', 'background'] as const satisfies readonly Lane[]
const initialValues: ClientDraft = { name: '', pools: [], lane: 'interactive', models: [], budget: null, expiresAt: '' }

export interface ClientFormProps {
  onCreated: (client: ClientCreated) => void
  onClose: () => void
}

export function ClientForm({ onCreated, onClose }: ClientFormProps) {
  const { t } = useTranslation(['connect', 'common'])
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const models = useModelNames()
  const form = useForm<ClientDraft>({ initialValues })
  const create = useCreate(onCreated, (error) => form.setErrors(shownErrors(fieldErrors(error))))
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack gap="sm">
        <TextInput
          label={t('connect:clients.name')}
          description={t('connect:clients.nameHint')}
          required
          maxLength={128}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <MultiSelect
          label={t('connect:clients.pools')}
          description={t('connect:clients.poolsHint')}
          data={pools.map(({ slug, name }) => ({ value: slug, label: name }))}
          {...form.getInputProps('pools')}
        />
        <TagsInput
          label={t('connect:clients.models')}
          description={t('connect:clients.modelsHint')}
          data={models}
          acceptValueOnBlur
          {...form.getInputProps('models')}
        />
        <BudgetField
          label={t('connect:clients.budget')}
          description={t('connect:clients.budgetHint')}
          value={form.values.budget}
          onChange={(budget) => form.setFieldValue('budget', budget)}
          error={messageOf(form.errors['budget'])}
        />
        <TextInput
          type="datetime-local"
          label={t('connect:clients.expires')}
          description={t('connect:clients.expiresHint')}
          {...form.getInputProps('expiresAt')}
        />
        <Radio.Group
          label={t('connect:clients.lane')}
          description={t('connect:clients.laneHint')}
          {...form.getInputProps('lane')}
        >
          <Stack gap={8} mt={6}>
            {lanes.map((lane) => (
              <Radio key={lane} value={lane} label={t(`common:lanes.${lane}`)} description={t(`common:lanesMean.${lane}`)} />
            ))}
          </Stack>
        </Radio.Group>
        {create.error !== null && Object.keys(form.errors).length === 0 && <ErrorNotice error={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={form.values.name.trim() === ''}>
            {t('connect:clients.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function useCreate(onCreated: (client: ClientCreated) => void, onError: (error: unknown) => void) {
  const { client, orpc } = useApi()
  return useMutation({
    mutationFn: ({ name, pools, lane, models, budget, expiresAt }: ClientDraft) =>
      client.clients.create({
        name,
        lane,
        budget,
        expiresAt: localTimeOf(expiresAt),
        ...(pools.length > 0 && { pools }),
        ...(models.length > 0 && { models }),
      }),
    onSuccess: (made, _input, _result, context) => {
      onCreated(made)
      return context.client.invalidateQueries({ queryKey: orpc.clients.key() })
    },
    onError,
    // The answer holds the token: it stays in the dialog, not in the cache.
    gcTime: 0,
  })
}

/** One entry of a list (`models.0`) is shown at its list. */
function shownErrors(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([path, message]) => [path.split('.')[0] ?? path, message]))
}

function messageOf(error: unknown): string | undefined {
  return typeof error === 'string' ? error : undefined
}
