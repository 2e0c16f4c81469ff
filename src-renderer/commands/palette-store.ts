/** Whether the palette is open; a store of its own, so that what it finds is asked for only then. */
import { createSpotlight } from '@mantine/spotlight'

export const [paletteStore, palette] = createSpotlight()
