/** Where a person was in each place, by workspace: going there again shows the same filters, and a new start begins where the last one ended. */
import { type Codec, store, stored } from '../parts/use-stored.ts'
import { type Params, type Place, places } from '../route.ts'

interface Views {
  last: Place | null
  /** Parameters of each place as in the address. */
  params: Partial<Record<Place, string>>
}

/** What is open for a moment is not come back to; what the overview looks at is kept by itself, for all places and workspaces. */
const passing: Partial<Record<Place, readonly string[]>> = {
  overview: ['range', 'pool'],
  keys: ['key', 'sheet'],
  traffic: ['request'],
  connect: ['client', 'prompt', 'route'],
  playground: ['prompt', 'model'],
  settings: ['do'],
}

const none: Views = { last: null, params: {} }
const codec: Codec<Views> = { parse: parseViews, text: (views) => JSON.stringify(views) }
const nameOf = (workspace: string) => `views.${workspace}`

let workspace = 'default'

/** From now on it is about this workspace. */
export function setViewsOf(slug: string): void {
  workspace = slug
}

export function rememberView(place: Place, params: URLSearchParams): void {
  if (place === 'welcome') return
  const kept = new URLSearchParams(params)
  for (const name of passing[place] ?? []) kept.delete(name)
  const views = stored(nameOf(workspace), none, codec)
  const text = kept.toString()
  if (views.last === place && views.params[place] === text) return
  store(nameOf(workspace), { last: place, params: { ...views.params, [place]: text } }, codec)
}

/** The parameters with which a place was left. */
export function viewOf(place: Place): Params {
  const views = stored(nameOf(workspace), none, codec)
  return Object.fromEntries(new URLSearchParams(views.params[place] ?? ''))
}

export function lastPlace(): Place | null {
  return stored(nameOf(workspace), none, codec).last
}

function parseViews(text: string | null): Views | null {
  if (text === null) return null
  try {
    const { last, params } = JSON.parse(text) as Partial<Views>
    const kept = places.flatMap((place) => (typeof params?.[place] === 'string' ? [[place, params[place]] as const] : []))
    return { last: places.find((place) => place === last) ?? null, params: Object.fromEntries(kept) }
  } catch {
    return null
  }
}
