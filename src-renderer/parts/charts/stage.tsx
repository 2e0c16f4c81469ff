/** A drawing over time that can be read and cut: by pointer or by keys one walks over its steps, opens one, or marks a stretch to look at. */

import { VisuallyHidden } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './charts.module.css'
import { type Plot, placeOf, stepAt } from './plot.ts'

export interface StageProps {
  label: string
  plot: Plot
  /** A step in words. */
  wordsOf: (index: number) => string
  /** A stretch in words, first and last step inclusive. */
  stretchOf: (first: number, last: number) => string
  renderReadout: (index: number) => ReactNode
  onOpen: (index: number) => void
  /** From the first step to the last, both inclusive. */
  onZoom: (first: number, last: number) => void
  /** Absent = Escape is for what lies around it. */
  onBack?: () => void
  children: ReactNode
}

interface Mark {
  /** The step that is read. */
  at: number
  /** Where the marked stretch began; null = nothing is marked. */
  anchor: number | null
}

/** Pixels that a pointer may move while it clicks. */
const stillness = 5

export function Stage({ label, plot, wordsOf, stretchOf, renderReadout, onOpen, onZoom, onBack, children }: StageProps) {
  const { t } = useTranslation('charts')
  const help = useId()
  const stage = useRef<HTMLDivElement>(null)
  const down = useRef<number | null>(null)
  const [mark, setMark] = useState<Mark | null>(null)
  const last = plot.count - 1
  const at = Math.min(mark?.at ?? last, last)
  const marked =
    mark?.anchor != null && mark.anchor !== at ? ([Math.min(mark.anchor, at), Math.max(mark.anchor, at)] as const) : null

  const finish = () => {
    setMark(null)
    if (marked) onZoom(...marked)
    else onOpen(at)
  }
  const stepUnder = (event: PointerEvent) => {
    const box = stage.current?.getBoundingClientRect()
    return box ? stepAt(plot, event.clientX - box.left, box.width) : at
  }
  const onPointerMove = (event: PointerEvent) => {
    const still = down.current === null || Math.abs(event.clientX - down.current) < stillness
    const index = stepUnder(event)
    setMark((before) => ({ at: index, anchor: still ? null : (before?.anchor ?? before?.at ?? index) }))
  }
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    down.current = event.clientX
    event.currentTarget.setPointerCapture(event.pointerId)
    setMark({ at: stepUnder(event), anchor: null })
  }
  const onPointerUp = () => {
    if (down.current === null) return
    down.current = null
    finish()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const target = targetOf(event.key, at, last)
    if (target !== null) setMark({ at: target, anchor: event.shiftKey ? (mark?.anchor ?? at) : null })
    else if (event.key === 'Enter') finish()
    else if (event.key === 'Escape' && mark?.anchor != null) setMark({ at, anchor: null })
    else if (event.key === 'Escape' && onBack) onBack()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      ref={stage}
      className={classes.stage}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={at}
      aria-valuetext={marked ? t('marked', { stretch: stretchOf(...marked) }) : wordsOf(at)}
      aria-describedby={help}
      onPointerMove={onPointerMove}
      onPointerDown={onPointerDown}
      onPointerUp={onPointerUp}
      onPointerCancel={() => (down.current = null)}
      onPointerLeave={() => down.current === null && setMark(null)}
      onDoubleClick={onBack}
      onKeyDown={onKeyDown}
      onBlur={() => setMark(null)}
    >
      <VisuallyHidden id={help}>{t('keys')}</VisuallyHidden>
      <div className={classes.plot} aria-hidden>
        {children}
      </div>
      {marked && <Selection plot={plot} first={marked[0]} last={marked[1]} />}
      {mark && <Cursor plot={plot} at={at} readout={marked ? <b>{stretchOf(...marked)}</b> : renderReadout(at)} />}
    </div>
  )
}

function targetOf(key: string, at: number, last: number): number | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, at - 1)
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, at + 1)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}

function Cursor({ plot, at, readout }: { plot: Plot; at: number; readout: ReactNode }) {
  const { middle } = placeOf(plot, at)
  const { top, bottom } = plot
  const side = at < plot.count / 2 ? { left: `calc(${middle} + 10px)` } : { right: `calc(100% - ${middle} + 10px)` }
  return (
    <>
      <div className={classes.cursor} style={{ left: middle, top, bottom }} />
      <div className={classes.readout} style={side} aria-hidden>
        {readout}
      </div>
    </>
  )
}

function Selection({ plot, first, last }: { plot: Plot; first: number; last: number }) {
  const { top, bottom } = plot
  const left = placeOf(plot, first).left
  const right = placeOf(plot, last).right
  return <div className={classes.selection} style={{ top, bottom, left, width: `calc(${right} - ${left})` }} />
}
