/**
 * OpenAI on Azure: https://learn.microsoft.com/azure/ai-foundry/openai/reference. Each resource has an address of its own, best
 * given as `https://{resource}.openai.azure.com/openai/v1`; `…/openai` with deployments and api-version in the path works too.
 */
import { azureEndpoint } from './azure-endpoint.ts'
import { azureReadings } from './azure-limits.ts'
import { azureOutcome } from './azure-outcome.ts'
import { jsonApi, noAccount } from './json-api.ts'
import { modelsAt } from './model-list.ts'
import { openaiNames } from './openai-models.ts'
import type { ProviderDefinition } from './types.ts'

export const azureOpenai: ProviderDefinition = {
  ...jsonApi(azureOutcome),
  id: 'azure-openai',
  name: 'Azure OpenAI',
  baseUrl: null,
  basePath: '/openai',
  auth: { in: 'header', name: 'api-key', format: '{key}' },
  keysUrl: 'https://ai.azure.com/',
  keyHint: 'key 1 or 2 of the resource',
  keyPrefixes: [],
  format: 'openai',
  defaultHeaders: {},
  // Below `…/openai` the other way of asking wants an api-version.
  freeCheck: { method: 'GET', path: '/v1/models' },
  endpoint: azureEndpoint,
  // Its list is of what could be deployed, not of what is.
  models: modelsAt(null),
  ownsModel: openaiNames,
  resetZone: 'UTC',
  presets: [],
  readings: azureReadings,
  account: noAccount,
}
