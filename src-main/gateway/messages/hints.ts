/** Fields of Anthropic's requests that change nothing about what is asked, so that another API may do without them; and why. */
export const messagesHints: Readonly<Record<string, string>> = {
  service_tier: 'which capacity Anthropic uses',
  speed: 'which capacity Anthropic uses',
  diagnostics: 'asks why a prompt cache was missed',
  cache_control: 'what is worth caching',
  context_management: 'when Anthropic may clear old thinking and tool results',
  'system[].citations': 'where a text came from',
  'thinking.type': '`between_tools` says when to think; elsewhere the model decides',
  'messages[].role': 'a later system message joins the system prompt, for which other APIs have one place',
  'messages[].content[].citations': 'where a text came from',
  'messages[].content[].transformations': 'what happens to a picture that is too large',
  'messages[].content[].caller': 'the client itself made the call',
  'messages[].content[].content[].citations': 'where a text came from',
  'messages[].content[].content[].transformations': 'what happens to a picture that is too large',
  'tools[].eager_input_streaming': 'how arguments are streamed',
  'tools[].input_examples': 'examples beside the schema',
  'tools[].defer_loading': 'when the tool is put into the prompt',
}
