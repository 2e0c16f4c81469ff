/** Where a part of the window lies. */
import { useEffect, useState } from 'react'

export interface Bounds {
  left: number
  top: number
  width: number
  height: number
}

/** Of the first element that fits, in pixels of the viewport; null while there is none. */
export function useBounds(selector: string): Bounds | null {
  const [bounds, setBounds] = useState<Bounds | null>(null)
  useEffect(() => {
    const measure = () => {
      const found = document.querySelector(selector)?.getBoundingClientRect()
      setBounds(found ? { left: found.left, top: found.top, width: found.width, height: found.height } : null)
    }
    measure()
    // The header grows with what it has to say, and moves its neighbours.
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    const part = document.querySelector(selector)
    if (part) observer.observe(part)
    addEventListener('resize', measure)
    return () => {
      observer.disconnect()
      removeEventListener('resize', measure)
    }
  }, [selector])
  return bounds
}
