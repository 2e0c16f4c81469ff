/** How series are told apart: a colour from the theme's palette and a texture, in the drawing and in the legend. */
import { useId } from 'react'

const textures = ['plain', 'slants', 'dots', 'backslants', 'lines', 'grid', 'bars'] as const
type Texture = (typeof textures)[number]

export interface Look {
  /** CSS colour. */
  color: string
  texture: Texture
}

const seriesColors = [1, 2, 3, 4, 5, 6].map((number) => `var(--keywheel-chart-${number})`)
export const restLook: Look = { color: 'var(--keywheel-chart-rest)', texture: 'plain' }
export const badLook: Look = { color: 'var(--keywheel-chart-bad)', texture: 'slants' }
export const mainLook: Look = { color: 'var(--keywheel-chart-1)', texture: 'plain' }

/** The look of the n-th series; there are six. */
export function seriesLook(index: number): Look {
  const color = seriesColors[index]
  return color === undefined ? restLook : { color, texture: textures[index] ?? 'plain' }
}

/** Size of a texture's tile in pixels. */
const tile = 6
const strokes: Record<Exclude<Texture, 'plain'>, string> = {
  slants: 'M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2',
  backslants: 'M-1,5 l2,2 M0,0 l6,6 M5,-1 l2,2',
  dots: 'M3,2 a1,1 0 0 1 0,2 a1,1 0 0 1 0,-2',
  lines: 'M0,3 h6',
  bars: 'M3,0 v6',
  grid: 'M0,3 h6 M3,0 v6',
}

export type FillOf = (look: Look) => string

/** Gives each look a fill; `defs` has to stand in the page where the fills are used. */
export function useFills(looks: readonly Look[]): { defs: React.ReactNode; fillOf: FillOf } {
  const base = useId()
  const textured = looks.filter(({ texture }) => texture !== 'plain')
  const idOf = (look: Look) =>
    `${base}${looks.findIndex(({ color, texture }) => color === look.color && texture === look.texture)}`
  const defs = (
    <svg width={0} height={0} style={{ position: 'absolute' }} aria-hidden>
      <defs>
        {textured.map((look) => (
          <Pattern key={`${look.color} ${look.texture}`} id={idOf(look)} look={look} />
        ))}
      </defs>
    </svg>
  )
  return { defs, fillOf: (look) => (look.texture === 'plain' ? look.color : `url(#${idOf(look)})`) }
}

function Pattern({ id, look: { color, texture } }: { id: string; look: Look }) {
  if (texture === 'plain') return null
  return (
    <pattern id={id} width={tile} height={tile} patternUnits="userSpaceOnUse">
      <rect width={tile} height={tile} style={{ fill: color }} />
      <path
        d={strokes[texture]}
        style={{ stroke: 'var(--mantine-color-body)', fill: 'none' }}
        strokeWidth={1}
        strokeOpacity={0.38}
      />
    </pattern>
  )
}

/** A series' mark in a legend or a list. */
export function Swatch({ look, fillOf, dashed = false }: { look: Look; fillOf: FillOf; dashed?: boolean }) {
  return (
    <svg width={12} height={12} style={{ flex: 'none' }} aria-hidden>
      {dashed ? (
        <path d="M0,6 h12" style={{ stroke: look.color }} strokeWidth={2.5} strokeDasharray="4 2" />
      ) : (
        <rect width={12} height={12} rx={3} style={{ fill: fillOf(look) }} />
      )}
    </svg>
  )
}
