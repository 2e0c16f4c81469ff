/** The places, flat, with their shortcuts. */
import { VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { registry } from '../commands/registry.ts'
import { shortcutKeys } from '../commands/shortcut-keys.ts'
import { usePendingApprovals } from '../queries/use-pending-approvals.ts'
import { hrefOf, type Place, places } from '../route.ts'
import { viewOf } from './last-views.ts'
import classes from './nav.module.css'

export interface NavProps {
  place: Place
  /** Welcome is a place only while there are no keys, or after it was asked for. */
  welcome: boolean
}

export function Nav({ place, welcome }: NavProps) {
  const { t } = useTranslation(['common', 'clients'])
  const asking = usePendingApprovals().length
  const shown = places.filter((name) => name !== 'welcome' || welcome)
  return (
    <ul className={classes.list}>
      {shown.map((name) => {
        const { icon: Icon, shortcut } = registry[`go.${name}`]
        return (
          <li key={name}>
            <a
              data-tip={
                shortcut ? `${t(`common:places.${name}`)} (${shortcutKeys(shortcut).join(' ')})` : t(`common:places.${name}`)
              }
              data-tip-side="right"
              className={classes.link}
              data-tour={name}
              href={hrefOf(name, name === place ? {} : viewOf(name))}
              aria-current={name === place ? 'page' : undefined}
            >
              <span className={classes.icon}>
                <Icon size={20} stroke={1.7} aria-hidden />
                {name === 'connect' && asking > 0 && <span className={classes.mark} />}
              </span>
              <span>{t(`common:places.${name}`)}</span>
              {name === 'connect' && asking > 0 && (
                <VisuallyHidden>{t('clients:approvals.pending', { count: asking })}</VisuallyHidden>
              )}
            </a>
          </li>
        )
      })}
    </ul>
  )
}
