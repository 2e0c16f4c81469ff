/** Text of answers from outside, which may be of any length. */

/** The answer's first `bytes` bytes as text; what comes after is not waited for. */
export async function readStart(answer: Response, bytes: number): Promise<string> {
  if (!answer.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let left = bytes
  for await (const chunk of answer.body) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true })
    left -= chunk.length
    // Leaving the loop cancels the body.
    if (left <= 0) break
  }
  return text
}
