/** Saved prompts, each an endpoint once it is published. */
import { Button, Code, Table, Text } from '@mantine/core'
import { IconDownload, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ClientCreated, Prompt } from '../../../../src-preload/contract/index.ts'
import { download } from '../../../parts/download.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { toastError } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { newName, setParams, useRoute } from '../../../route.ts'
import classes from '../models/models.module.css'
import { PromptSheet } from './prompt-sheet.tsx'
import { PromptState } from './prompt-state.tsx'

export function PromptsTab({ client }: { client: ClientCreated | null }) {
  const { t } = useTranslation('gateway')
  const { orpc } = useApi()
  const { params } = useRoute()
  const prompts = useQuery(orpc.prompts.list.queryOptions())
  const wanted = params.get('prompt')
  const open = wanted === newName ? 'new' : (prompts.data?.find(({ slug }) => slug === wanted) ?? null)
  const setOpen = (slug: string | null) => setParams({ prompt: slug })
  return (
    <Section
      title={t('prompts.title')}
      description={t('prompts.text')}
      actions={
        <>
          {prompts.data?.some(({ state }) => state === 'published') && <OpenApi />}
          <Button leftSection={<IconPlus size={15} />} onClick={() => setOpen(newName)}>
            {t('prompts.add')}
          </Button>
        </>
      }
    >
      {prompts.isError && <ErrorNotice error={prompts.error} onRetry={() => void prompts.refetch()} />}
      {prompts.isPending && <SkeletonRows rows={4} />}
      {prompts.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('prompts.none', { variables: '{{variables}}' })}
        </Text>
      )}
      {prompts.data && prompts.data.length > 0 && <PromptTable prompts={prompts.data} onOpen={setOpen} />}
      <PromptSheet open={open} prompts={prompts.data ?? []} client={client} onOpen={setOpen} />
    </Section>
  )
}

function PromptTable({ prompts, onOpen }: { prompts: readonly Prompt[]; onOpen: (slug: string) => void }) {
  const { t } = useTranslation('gateway')
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table aria-label={t('prompts.list')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('prompts.name')}</Table.Th>
            <Table.Th>{t('prompts.slug')}</Table.Th>
            <Table.Th>{t('prompts.state')}</Table.Th>
            <Table.Th>{t('prompts.version')}</Table.Th>
            <Table.Th>{t('prompts.model')}</Table.Th>
            <Table.Th>{t('prompts.description')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {prompts.map((prompt) => (
            <Table.Tr key={prompt.slug}>
              <Table.Td>
                <button
                  type="button"
                  className={classes.name}
                  onClick={() => onOpen(prompt.slug)}
                  aria-label={t('prompts.open', prompt)}
                >
                  {prompt.name}
                </button>
              </Table.Td>
              <Table.Td>
                <Code>/prompts/{prompt.slug}</Code>
              </Table.Td>
              <Table.Td>
                <PromptState state={prompt.state} />
              </Table.Td>
              <Table.Td>
                <Version prompt={prompt} />
              </Table.Td>
              <Table.Td className={classes.model}>{prompt.model}</Table.Td>
              <Table.Td>
                <Text size="sm" lineClamp={1} title={prompt.description}>
                  {prompt.description}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Version({ prompt: { version, published } }: { prompt: Prompt }) {
  const { t } = useTranslation('gateway')
  if (published === null || published === version) return version
  return t('prompts.ahead', { published, version })
}

/** The published prompts as a description that tools read. */
function OpenApi() {
  const { t } = useTranslation('gateway')
  const { client } = useApi()
  const save = async () =>
    download('keywheel-prompts.openapi.json', 'application/json', JSON.stringify(await client.prompts.openapi(), null, 2))
  return (
    <Button variant="default" leftSection={<IconDownload size={15} />} onClick={() => void save().catch(toastError)}>
      {t('prompts.saveOpenapi')}
    </Button>
  )
}
