/** Bars with a name and a number each, all of one scale; names and numbers lead on. */
import classes from './charts.module.css'
import type { FillOf, Look } from './look.tsx'

export interface BarRow {
  id: string
  label: string
  href: string | null
  parts: readonly { value: number; look: Look }[]
  text: string
  /** What is wrong with it. */
  bad?: { text: string; href: string }
}

export function BarList({ rows, fillOf }: { rows: readonly BarRow[]; fillOf: FillOf }) {
  const most = Math.max(1, ...rows.map(lengthOf))
  return (
    <ul className={classes.list}>
      {rows.map(({ id, label, href, parts, text, bad }) => (
        <li key={id}>
          {href === null ? (
            <span className={classes.label} title={label}>
              {label}
            </span>
          ) : (
            <a className={`${classes.link} ${classes.label}`} title={label} href={href}>
              {label}
            </a>
          )}
          <Bar parts={parts} most={most} fillOf={fillOf} />
          <span className={classes.value}>{text}</span>
          {bad ? (
            <a className={`${classes.link} ${classes.bad}`} href={bad.href}>
              {bad.text}
            </a>
          ) : (
            <span />
          )}
        </li>
      ))}
    </ul>
  )
}

function lengthOf({ parts }: Pick<BarRow, 'parts'>): number {
  return parts.reduce((sum, { value }) => sum + value, 0)
}

function Bar({ parts, most, fillOf }: { parts: BarRow['parts']; most: number; fillOf: FillOf }) {
  const share = (value: number) => (100 * value) / most
  return (
    <svg className={classes.bar} aria-hidden>
      {parts.map(({ value, look }, index) => (
        <rect
          key={index}
          x={`${share(lengthOf({ parts: parts.slice(0, index) }))}%`}
          width={`${share(value)}%`}
          height="100%"
          style={{ fill: fillOf(look) }}
        />
      ))}
    </svg>
  )
}
