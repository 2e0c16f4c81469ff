/** "Send a test request": one real call through the proxy, with what came of it. */
import { Alert, Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconSend } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool, ProxyTested } from '../../../src-preload/contract/index.ts'
import { formatDuration } from '../../format.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { problemOf } from '../../parts/problem.ts'
import { useApi } from '../../queries/api.tsx'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import { hrefOf } from '../../route.ts'
import classes from './connect.module.css'

/** Give it `key={pool.slug}`: a result belongs to one pool. */
export function TestCard({ pool }: { pool: Pool }) {
  const { t } = useTranslation('connect')
  const { client } = useApi()
  const { start } = useProxySwitch()
  const [model, setModel] = useState('')
  const test = useMutation({
    mutationFn: () => client.proxy.test({ pool: pool.slug, ...(model.trim() ? { model: model.trim() } : {}) }),
  })
  const off = test.error !== null && problemOf(test.error).code === 'PROXY_OFF'
  return (
    <Section title={t('test.title')} description={t('test.text')}>
      <Group
        component="form"
        gap="sm"
        align="flex-end"
        onSubmit={(event) => {
          event.preventDefault()
          test.mutate()
        }}
      >
        <TextInput
          className={classes.grow}
          label={t('test.model')}
          description={t('test.modelHint')}
          value={model}
          onChange={(event) => setModel(event.currentTarget.value)}
          maxLength={200}
        />
        <Button type="submit" leftSection={<IconSend size={15} />} loading={test.isPending}>
          {t('test.send')}
        </Button>
      </Group>
      <div aria-live="polite">
        {test.error && (
          <ErrorNotice error={test.error} {...(off && { action: { label: t('address.on'), run: () => start() } })} />
        )}
        {test.data && !test.error && <Result result={test.data} />}
      </div>
    </Section>
  )
}

function Result({ result }: { result: ProxyTested }) {
  const { t, i18n } = useTranslation('connect')
  const { ok, status, key, attempts, ms, requestId, body } = result
  const facts = [
    [t('test.status'), status ?? t('test.noStatus')],
    [t('test.key'), key ?? '—'],
    [t('test.attempts'), attempts],
    [t('test.time'), formatDuration(ms, i18n.language)],
  ] as const
  return (
    <Alert
      color={ok ? 'green' : 'red'}
      icon={ok ? <IconCircleCheck /> : <IconCircleX />}
      title={t(ok ? 'test.ok' : 'test.failed')}
    >
      <Stack gap="xs">
        <dl className={classes.facts}>
          {facts.map(([word, value]) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Text size="xs">{t('test.answer')}</Text>
        <pre className={classes.answer} tabIndex={0} role="region" aria-label={t('test.answer')}>
          {body === '' ? t('test.empty') : readable(body)}
        </pre>
        {requestId !== null && (
          <Anchor href={hrefOf('traffic', { request: requestId })} size="sm" underline="always">
            {t('test.inTraffic')}
          </Anchor>
        )}
      </Stack>
    </Alert>
  )
}

/** JSON with line breaks; anything else, or JSON that was cut off, as it came. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
