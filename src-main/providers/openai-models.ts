/** OpenAI's models by name, also where Azure serves them. Source: developers.openai.com/api/docs/models. */
import { named } from './model-list.ts'

/** Fine-tuned ones begin with `ft:`. */
export const openaiNames = named(
  /(ft:)?(gpt-|chatgpt-|o\d|codex-|davinci-|babbage-|text-embedding-(ada|3)-|computer-use-|omni-moderation-)/,
)
