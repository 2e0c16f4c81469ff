/** The end user's name, as providers take it. */
import { createHash } from 'node:crypto'

/** OpenAI takes no longer one; OpenRouter and others stop at 128. */
const longest = 64

/**
 * The same name, or a digest of one that would be refused: Claude Code's are of 190 letters, and Anthropic refuses addresses and
 * telephone numbers and asks for a digest of them (platform.claude.com/docs/en/api/messages, `metadata.user_id`).
 */
export function endUser(user: string | null): string | null {
  if (user === null || (user.length <= longest && !/@|^\+?[\d ().-]{7,}$/.test(user))) return user
  return createHash('sha256').update(user).digest('hex')
}
