/** Fields of Gemini's requests that change nothing about what is asked, so that another API may do without them; and why. */
export const geminiHints: Readonly<Record<string, string>> = {
  safetySettings: "the thresholds of Google's filters",
  labels: 'names for the bill',
  serviceTier: 'which capacity Google uses',
  store: 'whether Google keeps the request for its logs',
  'toolConfig.retrievalConfig': 'where the user is, for tools that Google runs',
  'generationConfig.mediaResolution': 'how closely pictures are looked at',
  'generationConfig.enableEnhancedCivicAnswers': 'a kind of answer that only Gemini has',
  'generationConfig.audioTimestamp': 'marks in audio',
  'contents[].parts[].mediaResolution': 'how closely a picture is looked at',
  'contents[].parts[].partMetadata': "the client's own notes",
  'contents[].parts[].inlineData.displayName': "a picture's label",
  'contents[].parts[].fileData.displayName': "a picture's label",
  'tools[].functionDeclarations[].response': "the schema of a function's result",
  'tools[].functionDeclarations[].responseJsonSchema': "the schema of a function's result",
}
