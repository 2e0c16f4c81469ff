/** What can be told of a file before it is sent anywhere. Pure. */

/** The cap of the transport, in bytes. */
export const largestFile = 64 * 1024 * 1024

/** Whether the text is a sealed export: Keywheel's own wrapping, or bare age armour. The application decides what it really is. */
export function isSealed(text: string): boolean {
  const start = text.trimStart()
  return start.startsWith('-----BEGIN AGE ENCRYPTED FILE-----') || /^\{[^{}]*"sealed"\s*:\s*"age"/.test(start)
}
