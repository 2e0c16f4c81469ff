/** A task as a request in Gemini's format. Pure. */
import type { Material } from './files.ts'
import { promptFor, systemPromptFor } from './prompt.ts'
import type { TaskOptions, TaskQuality, ThinkingConfig } from './types.ts'

/** How much a model may think, by quality; -1 = as it likes (ai.google.dev/gemini-api/docs/thinking). */
const budgets: Record<TaskQuality, number> = { draft: 2000, standard: 8000, production: -1, research: -1 }

/** Without a model the quality is `standard`; with one nothing is said about it unless it is named. */
const qualityOf = ({ model, quality }: TaskOptions) => quality ?? (model === undefined ? 'standard' : null)

/** Only for models that are known to think: others refuse the field. Thoughts are asked of any when they are wanted. */
export function thinkingFor(model: string, options: TaskOptions): ThinkingConfig | null {
  const quality = qualityOf(options)
  const thinks = /(?:^|\/)gemini-(?:2\.5|3)/.test(model) && !/image|tts|embedding|live/.test(model)
  const config: ThinkingConfig = {
    ...(thinks && quality !== null ? { thinkingBudget: budgets[quality] } : {}),
    ...(options.captureThinking ? { includeThoughts: true } : {}),
  }
  return Object.keys(config).length === 0 ? null : config
}

/** The body of generateContent. */
export function requestFor(
  task: string,
  { context, image }: Material,
  options: TaskOptions,
  thinking: ThinkingConfig | null,
): Record<string, unknown> {
  const quality = qualityOf(options)
  const generationConfig = {
    ...(thinking === null ? {} : { thinkingConfig: thinking }),
    ...(options.imageOutput === undefined ? {} : { responseModalities: ['TEXT', 'IMAGE'] }),
  }
  return {
    systemInstruction: { parts: [{ text: options.systemPrompt ?? systemPromptFor(quality) }] },
    contents: [
      {
        role: 'user',
        parts: [{ text: promptFor(task, context, quality) }, ...(image === null ? [] : [{ inlineData: image }])],
      },
    ],
    ...(options.enableTools ? { tools: [{ googleSearch: {} }, { codeExecution: {} }] } : {}),
    ...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
  }
}
