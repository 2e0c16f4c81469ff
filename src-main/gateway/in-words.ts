/** Refusals of writers, in the words of the client whose request it was. */
import { type Conversation, Untranslatable, type WireFormat } from './types.ts'
import { inClientWords } from './words.ts'

/** What `write` returns; what it refuses is named as the client named it. */
export function inWordsOf<Result>(from: WireFormat, asked: Conversation, write: () => Result): Result {
  try {
    return write()
  } catch (error) {
    if (error instanceof Untranslatable) throw new Untranslatable(inClientWords(from, asked, error.field), error.message)
    throw error
  }
}
