/** Where the person is: the address's fragment, `#/keys?pool=main&state=cooling`. */
import { useSyncExternalStore } from 'react'

export const places = ['overview', 'keys', 'traffic', 'connect', 'playground', 'settings', 'welcome'] as const
export type Place = (typeof places)[number]

/** What `#/settings?section=` may name. */
export const settingsSections = [
  'general',
  'proxy',
  'rotation',
  'network',
  'models',
  'remotes',
  'server',
  'notifications',
  'vault',
  'data',
  'workspaces',
  'file',
  'history',
  'diagnostics',
  'about',
] as const
export type SettingsSection = (typeof settingsSections)[number]

/** In the address, for what is not there yet: no slug or id has a plus. */
export const newName = '+new'

/** Parameters to put into the fragment; null, undefined and '' leave one out. */
export type Params = Record<string, string | null | undefined>

export interface Route {
  /** Null while the fragment names no place. */
  place: Place | null
  params: URLSearchParams
}

export function hrefOf(place: Place, params: Params = {}): string {
  const given = Object.entries(params).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const query = new URLSearchParams(given).toString()
  return `#/${place}${query ? `?${query}` : ''}`
}

/** Goes to a place. `replace` leaves no step in the history: for filters that change as one types. */
export function navigate(place: Place, params: Params = {}, options: { replace?: boolean } = {}): void {
  const href = hrefOf(place, params)
  if (!options.replace) {
    location.hash = href
    return
  }
  history.replaceState(null, '', href)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const place = places.find((known) => known === path) ?? null
  return { place, params: new URLSearchParams(query) }
}

let cached: { hash: string; route: Route } | undefined

/** The present route; pure apart from the cache, which keeps the object stable between renders. */
function currentRoute(): Route {
  if (cached?.hash !== location.hash) cached = { hash: location.hash, route: parseRoute(location.hash) }
  return cached.route
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, currentRoute)
}

/** Changes some parameters of the present place and keeps the others. */
export function setParams(changes: Params, options: { replace?: boolean } = {}): void {
  const { place, params } = currentRoute()
  navigate(place ?? 'overview', { ...Object.fromEntries(params), ...changes }, options)
}
