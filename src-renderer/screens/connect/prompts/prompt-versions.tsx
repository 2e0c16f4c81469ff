/** Every version of a prompt, newest first; any of them can be what callers get. */
import { Badge, Button, Code, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Prompt } from '../../../../src-preload/contract/index.ts'
import { formatDateTime } from '../../../format.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import classes from './prompts.module.css'
import type { PromptActions } from './use-prompt-actions.ts'

export function PromptVersions({ prompt, actions }: { prompt: Prompt; actions: PromptActions }) {
  const { t, i18n } = useTranslation('gateway')
  const { orpc } = useApi()
  const versions = useQuery(orpc.prompts.versions.queryOptions({ input: { slug: prompt.slug } }))
  if (versions.isError) return <ErrorNotice error={versions.error} onRetry={() => void versions.refetch()} />
  if (!versions.data) return <SkeletonRows rows={4} />
  return (
    <div>
      {versions.data.map(({ version, model, messages, createdAt }) => (
        <section key={version} className={classes.version} aria-label={`${t('prompts.version')} ${version}`}>
          <div className={classes.versionHead}>
            <Text fw={600}>
              {t('prompts.version')} {version}
            </Text>
            {version === prompt.published && <Badge color="green">{t('prompts.isPublished')}</Badge>}
            <Code>{model}</Code>
            <Text size="sm" c="dimmed">
              {t('prompts.made', { time: formatDateTime(createdAt, i18n.language) })}
            </Text>
            {version !== prompt.published && (
              <Button
                size="compact-sm"
                variant="default"
                ml="auto"
                aria-label={t('prompts.publish', { version })}
                loading={actions.busy}
                onClick={() => void actions.publish(prompt.slug, version)}
              >
                {t('prompts.publishThis')}
              </Button>
            )}
          </div>
          {messages.map(({ role, text }, at) => (
            // Long messages scroll, so they must be reachable by keyboard.
            <pre
              key={at}
              className={classes.said}
              tabIndex={0}
              role="region"
              aria-label={`${t('prompts.version')} ${version}, ${t('prompts.message', { number: at + 1 })}`}
            >
              {t(`prompts.roles.${role}`)}: {text}
            </pre>
          ))}
        </section>
      ))}
    </div>
  )
}
