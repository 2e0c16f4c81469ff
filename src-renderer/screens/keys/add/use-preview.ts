/** What adding this text would do, asked a moment after the last change. Held outside of the query cache, which must see no secret. */
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import type { KeyPreview } from '../../../../src-preload/contract/index.ts'
import { useApi } from '../../../queries/api.tsx'
import { type KeyText, noText } from './key-text.ts'

export interface Preview {
  data: KeyPreview | null
  error: unknown
  /** What is read has changed since `data`. */
  pending: boolean
  retry: () => void
}

interface Answer {
  content: KeyText
  data: KeyPreview | null
  error: unknown
}

/** `pool` = where the keys would go, for telling duplicates. */
export function usePreview(content: KeyText, pool: string | null): Preview {
  const { client } = useApi()
  const [settled] = useDebouncedValue(content, 250)
  const [answer, setAnswer] = useState<Answer>({ content: noText, data: null, error: null })
  const [tries, setTries] = useState(0)
  const empty = settled.text.trim() === ''
  useEffect(() => {
    const abort = new AbortController()
    const take = (next: Omit<Answer, 'content'>) => {
      if (!abort.signal.aborted) setAnswer({ content: settled, ...next })
    }
    if (!empty) {
      client.keys
        .preview(
          { text: settled.text, ...(settled.env.trim() && { env: settled.env }), ...(pool && { pool }) },
          { signal: abort.signal },
        )
        .then((data) => take({ data, error: null }))
        .catch((error: unknown) => take({ data: null, error }))
    }
    return () => abort.abort()
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- `tries` is how a retry asks again
  }, [client, settled, pool, empty, tries])
  if (empty) return { data: null, error: null, pending: false, retry: () => {} }
  return { data: answer.data, error: answer.error, pending: answer.content !== content, retry: () => setTries(tries + 1) }
}
