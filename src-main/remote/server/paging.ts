/** Lists come in pages. */
import { wholeNumber } from './query-fields.ts'

/** For the query of every list: `page` from 1, `page_size` 1 to 100. */
export const pageFields = {
  page: wholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER, start: 1 }),
  page_size: wholeNumber({ min: 1, max: 100, start: 20 }),
}

interface PageAsked {
  page: number
  page_size: number
}

interface Page<T> {
  items: T[]
  total: number
  page: number
  page_size: number
}

/** The asked page of a whole list that is in its order already. */
export function pageOf<T, U>(list: readonly T[], { page, page_size }: PageAsked, view: (item: T) => U): Page<U> {
  const from = (page - 1) * page_size
  return { items: list.slice(from, from + page_size).map(view), total: list.length, page, page_size }
}
