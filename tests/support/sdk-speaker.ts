/** One conversation held through an official SDK, whichever it is. */

interface SaidCall {
  name: string
  args: unknown
}

/** What the model said, as the SDK gave it out. */
export interface Said {
  text: string
  calls: SaidCall[]
  /** Prompt with everything cached in it, and all that was written; null = the SDK was not told. */
  usage: { prompt: number; output: number } | null
}

interface Speaker {
  /** The person says something; resolves when the whole streamed answer is here. Rejects with the SDK's own error, and then nothing of it was said. */
  say(text: string): Promise<Said>
  /** Gives every call of the last answer this result. */
  giveResults(result: string): Promise<Said>
}

export interface SpeakerOptions {
  /** The proxy's one address, without a path. */
  proxy: string
  token: string
  model: string
}

export type OpenSpeaker = (options: SpeakerOptions) => Speaker

/** The one tool that every speaker offers. */
export const tool = {
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  schema: {
    type: 'object' as const,
    properties: {
      city: { type: 'string', description: 'Its name' },
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
      days: { type: 'integer' },
    },
    required: ['city'],
  },
}

export const instructions = 'You answer in one sentence.'
