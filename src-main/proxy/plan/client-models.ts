/** Which models a client may ask for. */
import type { ProxyClient } from '../types.ts'

/** By the name that it asks with: a name fits itself, `prefix*` what begins so, `*` all. */
export function mayAskFor({ models }: Pick<ProxyClient, 'models'>, model: string): boolean {
  return models === null || models.some((one) => fits(one, model))
}

function fits(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model
}
