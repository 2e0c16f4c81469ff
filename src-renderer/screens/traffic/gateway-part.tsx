/** What the unified API did with a request: where its name led, what was translated, what was left out, what was kept. */
import { Anchor, Code, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { hrefOf } from '../../route.ts'
import { translationText } from './billing.ts'
import { Pairs } from './pairs.tsx'

export function hasGatewayPart({ clientFormat, route, cache }: RequestRow): boolean {
  return clientFormat !== null || route !== null || cache !== null
}

export function GatewayPart({ row }: { row: RequestRow }) {
  const { t } = useTranslation(['traffic', 'common'])
  const { route, dropped, cache } = row
  const none = t('common:none')
  return (
    <Pairs
      pairs={[
        [
          t('traffic:detail.route'),
          route === null ? (
            none
          ) : (
            <Anchor key="route" size="sm" underline="always" href={hrefOf('traffic', { route })}>
              {route}
            </Anchor>
          ),
        ],
        [t('traffic:detail.translated'), translationText(row) ?? none],
        [
          t('traffic:detail.dropped'),
          dropped.length === 0 ? (
            none
          ) : (
            <Group key="dropped" gap={4}>
              {dropped.map((field) => (
                <Code key={field}>{field}</Code>
              ))}
            </Group>
          ),
        ],
        [t('traffic:detail.cache'), t(`traffic:cache.${cache ?? 'off'}`)],
      ]}
    />
  )
}
