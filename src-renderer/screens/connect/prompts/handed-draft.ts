/** A prompt that was begun elsewhere: it waits here for the sheet of a new one, which takes it up. */
import { createStore } from '../../../shell/store.ts'
import type { PromptDraft } from './prompt-draft.ts'

export const handedDraft = createStore<PromptDraft | null>(null)
