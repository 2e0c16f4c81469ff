/** The first call: proxy on, a token, a snippet, and the request as it arrives. */
import { Alert, Button, Code, Group, Loader, Select, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconInfoCircle, IconSend } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClientCreated, Pool, RequestRow } from '../../../src-preload/contract/index.ts'
import { formatDuration, formatPool } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import { navigate } from '../../route.ts'
import { startTour } from '../../shell/tour/steps.ts'
import { fits, hiddenOf, snippetsFor, toolIds } from '../connect/snippets.ts'
import classes from './welcome.module.css'

export interface UseStepProps {
  pools: readonly Pool[]
  /** The pool to begin with. */
  slug: string
  onSlug: (slug: string) => void
}

export function UseStep({ pools, slug, onSlug }: UseStepProps) {
  const { t } = useTranslation(['welcome'])
  const { client } = useApi()
  const proxy = useProxySwitch()
  // Only here, never in a cache: the token is shown once.
  const [created, setCreated] = useState<ClientCreated | null>(null)
  const make = () => {
    client.clients
      .create({ name: t('use.clientName') })
      .then(setCreated)
      .catch((error: unknown) => toastError(error))
  }
  const pool = pools.find((entry) => entry.slug === slug) ?? pools[0]
  if (!pool) return null
  return (
    <Stack gap="md">
      <Text size="sm">{t('use.text')}</Text>
      {!proxy.on && (
        <Group gap="sm">
          <Text size="sm">{proxy.status?.reason ? said(proxy.status.reason.message) : t('use.proxyOff')}</Text>
          <Button
            onClick={() => proxy.start(proxy.status?.reason?.nextPort ?? undefined)}
            loading={proxy.pending}
            disabled={!proxy.canToggle}
          >
            {t('use.turnOn')}
          </Button>
        </Group>
      )}
      {proxy.on && !created && (
        <Group>
          <Button onClick={make}>{t('use.makeToken')}</Button>
        </Group>
      )}
      {proxy.status?.url && created && (
        <>
          <Snippets pools={pools} pool={pool} onSlug={onSlug} url={proxy.status.url} created={created} />
          <FirstRequest slug={pool.slug} />
        </>
      )}
    </Stack>
  )
}

interface SnippetsProps {
  pools: readonly Pool[]
  pool: Pool
  onSlug: (slug: string) => void
  url: string
  created: ClientCreated
}

/** `keywheel run` makes a token of its own, and this page waits for the one it has made. */
const ownTools = toolIds.filter((tool) => tool !== 'keywheel-run')
type OwnTool = (typeof ownTools)[number]

function Snippets({ pools, pool, onSlug, url, created }: SnippetsProps) {
  const { t } = useTranslation(['welcome'])
  const usable = ownTools.filter((tool) => fits(tool, pool.provider))
  const [chosen, setTool] = useState<OwnTool>('curl')
  const tool = usable.includes(chosen) ? chosen : 'curl'
  const target = { proxyUrl: url, slug: pool.slug, provider: pool.provider, token: created.token }
  const shown = snippetsFor(tool, hiddenOf(target))
  return (
    <>
      <Alert color="indigo" icon={<IconInfoCircle />} p="xs">
        <Text size="sm">{t('use.tokenOnce')}</Text>
        <Group gap={4} wrap="nowrap">
          <Code className={classes.token}>{created.token}</Code>
          <CopyButton value={created.token} label={t('use.copy')} />
        </Group>
      </Alert>
      <SimpleGrid cols={2}>
        <Select
          label={t('use.pool')}
          data={pools.map((entry) => ({ value: entry.slug, label: entry.name }))}
          value={pool.slug}
          onChange={(next) => next && onSlug(next)}
          allowDeselect={false}
        />
        <Select
          label={t('use.tool')}
          data={usable.map((id) => ({ value: id, label: t(`tools.${id}`) }))}
          value={tool}
          onChange={(next) => setTool(ownTools.find((id) => id === next) ?? tool)}
          allowDeselect={false}
        />
      </SimpleGrid>
      {snippetsFor(tool, target).map((snippet, at) => (
        <div key={snippet.text}>
          <Group justify="space-between" mb={4}>
            <Text size="xs" c="dimmed">
              {snippet.file}
            </Text>
            <CopyButton value={snippet.text} label={t('use.copy')} labelled />
          </Group>
          <Code block tabIndex={0}>
            {shown[at]?.text}
          </Code>
        </div>
      ))}
    </>
  )
}

function FirstRequest({ slug }: { slug: string }) {
  const { t, i18n } = useTranslation(['welcome', 'common'])
  const { client, requests } = useApi()
  const [row, setRow] = useState<RequestRow | null>(null)
  useEffect(
    () => requests.subscribe((rows) => setRow((before) => rows.findLast((entry) => entry.pool === slug) ?? before)),
    [requests, slug],
  )
  const test = useMutation({ mutationFn: () => client.proxy.test({ pool: slug }), onError: (error) => toastError(error) })
  if (!row)
    return (
      <>
        <Group justify="space-between" role="status">
          <Group gap="xs">
            <Loader size="xs" type="dots" />
            <Text size="sm">{t('use.waiting')}</Text>
          </Group>
          <Button variant="default" leftSection={<IconSend size={15} />} onClick={() => test.mutate()} loading={test.isPending}>
            {t('use.test')}
          </Button>
        </Group>
        {test.data && !test.data.ok && <Text size="sm">{t('use.testFailed', { body: test.data.body.slice(0, 300) })}</Text>}
      </>
    )
  const fine = row.outcome === 'ok'
  return (
    <Alert color={fine ? 'green' : 'amber'} icon={fine ? <IconCircleCheck /> : <IconInfoCircle />} role="status">
      <Group justify="space-between">
        <Text size="sm">
          {fine
            ? t('use.arrived', { key: row.keyLabel ?? formatPool(slug), time: formatDuration(row.msTotal, i18n.language) })
            : t('use.arrivedBad', { outcome: t(`common:outcomes.${row.outcome}`) })}
        </Text>
        <Group gap="xs">
          {fine && (
            <Button
              variant="default"
              onClick={() => {
                navigate('overview')
                startTour()
              }}
            >
              {t('common:commands.help.tour')}
            </Button>
          )}
          <Button onClick={() => navigate(fine ? 'overview' : 'traffic')}>
            {fine ? t('use.finish') : t('common:places.traffic')}
          </Button>
        </Group>
      </Group>
    </Alert>
  )
}
