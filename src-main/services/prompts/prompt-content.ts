/** What a version of a prompt says, and whether its variables are those of its messages. */
import { type ErrorData, KeywheelError, type PromptVersion } from '../../../src-preload/contract/index.ts'
import { variablesIn } from '../../gateway/prompt.ts'

export type Content = Pick<PromptVersion, 'model' | 'messages' | 'variables' | 'parameters'>

export function contentOf({ model, messages, variables, parameters }: Content): Content {
  return { model, messages, variables, parameters }
}

/** INVALID_INPUT for a variable that is declared twice, that no message has, or that is not declared; null = all is well. */
export function variablesIssue({ messages, variables }: Content): KeywheelError | null {
  const used = variablesIn(messages)
  const declared = new Set<string>()
  const fields: NonNullable<ErrorData['fields']> = []
  for (const [at, { name }] of variables.entries()) {
    const path = `variables.${at}.name`
    if (declared.has(name)) fields.push({ path, message: `"${name}" is there twice` })
    else if (!used.has(name)) fields.push({ path, message: `no message has {{${name}}}` })
    declared.add(name)
  }
  for (const name of used) {
    const at = messages.findIndex((message) => variablesIn([message]).has(name))
    if (!declared.has(name)) fields.push({ path: `messages.${at}.text`, message: `declare {{${name}}} among the variables` })
  }
  if (fields.length === 0) return null
  return new KeywheelError('INVALID_INPUT', fields.map(({ path, message }) => `${path}: ${message}`).join('; '), { fields })
}
