/** What a base URL looks like where the provider has none of its own. */

const examples: Partial<Record<string, string>> = {
  // Each resource has its own.
  'azure-openai': 'https://my-resource.openai.azure.com/openai/v1',
}

export function addressExample(provider: string): string {
  return examples[provider] ?? 'https://api.example.com/v1'
}
