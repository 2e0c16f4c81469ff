/** Makes a client and shows its token, this once. */
import { Alert, Button, Group, Modal, MultiSelect, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconCheck } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Client, ClientCreated } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { fieldErrors } from '../../parts/problem.ts'
import { useApi } from '../../queries/api.tsx'
import { CodeBlock } from './code-block.tsx'

type Lane = Client['lane']
type ClientDraft = { name: string; pools: string[]; lane: Lane }
const lanes = ['interactive', 'background'] as const satisfies readonly Lane[]

export interface NewClientProps {
  opened: boolean
  /** The client just made; its token is nowhere else. */
  created: ClientCreated | null
  onCreated: (client: ClientCreated) => void
  onClose: () => void
}

export function NewClient({ opened, created, onCreated, onClose }: NewClientProps) {
  const { t } = useTranslation(['connect', 'common'])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={created ? t('connect:clients.created', created) : t('connect:clients.add')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
      // A click beside the dialog must not lose a token that is shown only once.
      closeOnClickOutside={created === null}
    >
      {created ? <Token client={created} onClose={onClose} /> : <Form onCreated={onCreated} onClose={onClose} />}
    </Modal>
  )
}

function Form({ onCreated, onClose }: Pick<NewClientProps, 'onCreated' | 'onClose'>) {
  const { t } = useTranslation(['connect', 'common'])
  const { client, orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const form = useForm<ClientDraft>({ initialValues: { name: '', pools: [], lane: 'interactive' } })
  const create = useMutation({
    mutationFn: ({ name, pools: chosen, lane }: typeof form.values) =>
      client.clients.create({ name, lane, ...(chosen.length > 0 ? { pools: chosen } : {}) }),
    onSuccess: (made, _input, _result, context) => {
      onCreated(made)
      return context.client.invalidateQueries({ queryKey: orpc.clients.key() })
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
    // The answer holds the token: it stays in the dialog, not in the cache.
    gcTime: 0,
  })
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
        {create.error && Object.keys(form.errors).length === 0 && <ErrorNotice error={create.error} />}
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

function Token({ client, onClose }: { client: ClientCreated; onClose: () => void }) {
  const { t } = useTranslation(['connect', 'common'])
  return (
    <Stack gap="sm">
      <Alert color="green" icon={<IconCheck />}>
        {t('connect:clients.once')}
      </Alert>
      <CodeBlock title={t('connect:clients.token')} text={client.token} copyLabel={t('connect:clients.copyToken')} />
      <Text size="sm" c="dimmed">
        {t('connect:clients.inSnippets')}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('common:done')}</Button>
      </Group>
    </Stack>
  )
}
