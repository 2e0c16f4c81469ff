/** The log as it goes on: followed while nobody reads in it, held with "12 new" while somebody does, or paused by hand. */
import { Button } from '@mantine/core'
import { useDocumentVisibility } from '@mantine/hooks'
import { IconArrowUp, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { formatCount } from '../../format.ts'
import { type Codec, useStored } from '../../parts/use-stored.ts'
import type { TrafficFilter } from './filter.ts'
import classes from './traffic.module.css'
import { useFresh } from './use-fresh.ts'
import type { Traffic } from './use-traffic.ts'

/** Looking again more often would be a flicker. */
const followMs = 1000

const codec: Codec<boolean> = { parse: (text) => (text === null ? null : text === 'on'), text: (on) => (on ? 'on' : 'off') }

export interface LiveBarProps {
  traffic: Traffic
  filter: TrafficFilter
  /** Somebody reads in the list: nothing in it may move. */
  reading: boolean
  /** The newest ones were asked for by hand. */
  onShow: () => void
}

export function LiveBar({ traffic, filter, reading, onShow }: LiveBarProps) {
  const { t, i18n } = useTranslation('traffic')
  const [live, setLive] = useStored('traffic.live', true, codec)
  const visible = useDocumentVisibility() === 'visible'
  const { view, rows, renewing, refresh } = traffic
  const fresh = useFresh(filter, view, rows)
  const following = live && !reading && visible
  const due = following && fresh !== 0 && !renewing
  useEffect(() => {
    if (!due) return
    const timer = setTimeout(refresh, Math.max(0, view.at + followMs - Date.now()))
    return () => clearTimeout(timer)
  }, [due, view, refresh])
  return (
    <div className={classes.live}>
      {fresh !== 0 && !following && (
        <Button size="compact-sm" variant="light" leftSection={<IconArrowUp size={14} />} onClick={onShow}>
          {fresh === null ? t('newUnknown') : t('new', { count: fresh, shown: formatCount(fresh, i18n.language) })}
        </Button>
      )}
      <Button
        variant="default"
        leftSection={live ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
        title={live ? (reading ? t('live.held') : t('live.on')) : t('live.off')}
        onClick={() => setLive(!live)}
      >
        {live ? t('live.pause') : t('live.follow')}
      </Button>
    </div>
  )
}
