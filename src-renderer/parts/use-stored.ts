/** A choice about the view (never about routing, never a secret) that outlives the page. */
import { useCallback, useState } from 'react'

/** `parse` turns stored text into the value, or null when it is not one. */
export function useStored<T>(
  name: string,
  initial: T,
  codec: { parse: (text: string | null) => T | null; text: (value: T) => string },
) {
  const key = `keywheel.${name}`
  const [value, setValue] = useState<T>(() => codec.parse(localStorage.getItem(key)) ?? initial)
  const change = useCallback(
    (next: T) => {
      localStorage.setItem(key, codec.text(next))
      setValue(next)
    },
    [key, codec],
  )
  return [value, change] as const
}
