/** What keys are read from: a text, and the .env beside it when it is a keys.json that names variables. Pure. */

export interface KeyText {
  text: string
  /** Empty = none. */
  env: string
}

export const noText: KeyText = { text: '', env: '' }

export interface NamedText {
  name: string
  text: string
}

const isEnv = ({ name }: NamedText) => /^\.env|\.env$/i.test(name)
const isJson = ({ name }: NamedText) => /\.json$/i.test(name)
const join = (texts: readonly string[]) =>
  texts
    .map((text) => text.trimEnd())
    .filter(Boolean)
    .join('\n')

/** The texts of files behind what is there. A .env is the one beside a keys.json when such a file comes with it or is there already. */
export function withFiles(before: KeyText, files: readonly NamedText[]): KeyText {
  const beside = files.some(isJson) || before.text.trimStart().startsWith('{')
  const env = beside ? files.filter(isEnv) : []
  const rest = files.filter((file) => !env.includes(file))
  return {
    text: join([before.text, ...rest.map(({ text }) => text)]),
    env: join([before.env, ...env.map(({ text }) => text)]),
  }
}
