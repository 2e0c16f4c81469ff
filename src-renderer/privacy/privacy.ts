/** Privacy mode: on while the screen is shared. Kept, so that a reload does not show what was hidden. */
import { useEffect } from 'react'
import { type Codec, store, stored, subscribeStored, useStored } from '../parts/use-stored.ts'

const name = 'privacy'
const codec: Codec<boolean> = {
  parse: (text) => (text === 'on' ? true : text === 'off' ? false : null),
  text: (on) => (on ? 'on' : 'off'),
}

/** For what is no component. */
export const privacy = {
  on: () => typeof localStorage !== 'undefined' && stored(name, false, codec),
  set: (on: boolean) => store(name, on, codec),
  subscribe: (listener: () => void) => subscribeStored(name, listener),
}

/** Lets what is drawn by style sheets follow; used once, by the shell, which draws everything anew when it changes. */
export function usePrivacyOnPage(): void {
  const [on] = usePrivacy()
  useEffect(() => {
    if (on) document.documentElement.dataset['privacy'] = ''
    else delete document.documentElement.dataset['privacy']
  }, [on])
}

export function usePrivacy() {
  return useStored(name, false, codec)
}
