/** The values at the left with a line each, and the names of steps below. */
import classes from './charts.module.css'
import { type Plot, placeOf } from './plot.ts'

export interface AxesProps {
  plot: Plot
  /** Ascending from 0; the last is at the upper edge. */
  values: readonly { value: number; text: string }[]
  names: readonly { index: number; text: string }[]
}

export function Axes({ plot, values, names }: AxesProps) {
  const { left, right, top, bottom } = plot
  const most = values.at(-1)?.value || 1
  return (
    <>
      {values.map(({ value, text }) => (
        <div
          key={value}
          className={classes.level}
          style={{ top: `calc(${top}px + (100% - ${top + bottom}px) * ${1 - value / most})`, left, right }}
        >
          <span>{text}</span>
        </div>
      ))}
      {names.map(({ index, text }) => (
        <span key={index} className={classes.step} style={{ left: placeOf(plot, index).middle, height: bottom }}>
          {text}
        </span>
      ))}
    </>
  )
}
