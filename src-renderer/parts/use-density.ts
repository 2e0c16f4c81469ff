/** How close rows stand: dense unless a person chose comfortable. */
import { useEffect } from 'react'
import { type Codec, useStored } from './use-stored.ts'

export const densities = ['dense', 'comfortable'] as const
export type Density = (typeof densities)[number]

/** Heights of one-line rows of tables, in px: virtualised lists have to know them beforehand. */
export const rowHeights: Record<Density, number> = { dense: 36, comfortable: 44 }

const codec: Codec<Density> = { parse: (text) => densities.find((known) => known === text) ?? null, text: (value) => value }

export function useDensity() {
  return useStored<Density>('density', 'dense', codec)
}

/** Lets the theme follow; used once, by the shell. */
export function useDensityOnPage(): void {
  const [density] = useDensity()
  useEffect(() => {
    document.documentElement.dataset['density'] = density
  }, [density])
}
