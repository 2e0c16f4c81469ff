/** Says which server a pool is from, and leads there; nothing for a pool of one's own. */
import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../queries/api.tsx'
import { hrefOf } from '../../route.ts'
import classes from './pool-summary.module.css'

export function RemoteMark({ slug }: { slug: string }) {
  const { t } = useTranslation('servers')
  const { orpc } = useApi()
  const remotes = useQuery(orpc.remotes.list.queryOptions()).data
  const remote = remotes?.find(({ links }) => links.some(({ pool }) => pool === slug))
  if (!remote) return null
  return (
    <Badge
      component="a"
      href={hrefOf('settings', { section: 'remotes' })}
      color="indigo"
      className={classes.fixed}
      style={{ cursor: 'pointer' }}
    >
      {t('remotes.from', remote)}
    </Badge>
  )
}
