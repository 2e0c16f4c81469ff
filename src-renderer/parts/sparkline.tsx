/** The last hours as bars, the failed part in red: a shape to glance at. The same numbers stand beside it or in its words. */
import classes from './sparkline.module.css'

export interface SparklineProps {
  /** Counts, the oldest first. */
  values: readonly number[]
  /** How much of each went wrong. */
  failed: readonly number[]
  /** What it shows, in words. */
  label: string
}

const width = 72
const height = 18
const gap = 1

export function Sparkline({ values, failed, label }: SparklineProps) {
  const most = Math.max(...values, 1)
  const step = width / values.length
  // The least is seen: a bar of one call beside thousands.
  const tall = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / most) * height))
  return (
    <svg className={classes.line} width={width} height={height} role="img" aria-label={label}>
      <line className={classes.ground} x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
      {values.map((count, index) => {
        if (count === 0) return null
        const bad = failed[index] ?? 0
        const whole = tall(count)
        const part = bad === 0 ? 0 : Math.max(1.5, (bad / count) * whole)
        const place = { x: index * step, width: step - gap }
        return (
          <g key={index}>
            <rect className={classes.bar} {...place} y={height - whole} height={whole} />
            {part > 0 && <rect className={classes.failed} {...place} y={height - whole} height={part} />}
          </g>
        )
      })}
    </svg>
  )
}
