/** Whether the palette is open; a store of its own, so that what it finds is asked for only then. */
import { createSpotlight } from '@mantine/spotlight'
import { createTypedAhead } from './typed-ahead.ts'

/** The id of what is typed into. */
export const paletteField = 'palette-field'

const [store, { open, close }] = createSpotlight()
const typedAhead = createTypedAhead(
  window,
  (target) => (target instanceof HTMLInputElement && target.id === paletteField ? target : null),
  close,
)
store.subscribe(({ opened }) => opened || typedAhead.end())

export const paletteStore = store
export const palette = {
  open() {
    if (!store.getState().opened) typedAhead.begin()
    open()
  },
}
