/** What the model is told. Pure. */
import type { TaskQuality } from './types.ts'

const expectations: Record<TaskQuality, string> = {
  draft: 'A quick draft is wanted: the main points, without polish.',
  standard: 'Good everyday quality is wanted: correct, complete and clear.',
  production: 'Production quality is wanted: correct in every detail, complete, polished, ready to be used as it is.',
  research:
    'Thorough research is wanted: weigh several sources or views, name what is uncertain, and say why you conclude what you do.',
}

const roles: Record<TaskQuality, string> = {
  draft: 'You are a quick and helpful assistant. Answer briefly and to the point.',
  standard: 'You are a careful and helpful assistant. Do exactly what the task asks for.',
  production: 'You are an expert in the field of the task. Work carefully, check your result, and deliver it without preamble.',
  research: 'You are a meticulous researcher. Reason step by step, tell facts from guesses, and back what you say.',
}

/** Context, task and expectation, each a section, with rules between them. */
export function promptFor(task: string, context: string | null, quality: TaskQuality | null): string {
  const sections = [
    context === null ? null : `# Context\n\n${context}`,
    `# Task\n\n${task}`,
    quality === null ? null : `# Quality Expectation\n\n${expectations[quality]}`,
  ]
  return sections.filter((section) => section !== null).join('\n\n---\n\n')
}

export function systemPromptFor(quality: TaskQuality | null): string {
  return roles[quality ?? 'standard']
}
