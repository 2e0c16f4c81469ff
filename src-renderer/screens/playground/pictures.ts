/** Pictures that are dropped, pasted or chosen, as the call takes them. */
import type { Picture } from './answer.ts'

const mimes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const satisfies readonly Picture['mime'][]
export const pictureTypes = mimes.join(',')

/** Bytes of all pictures of one conversation: they go along with every call. */
export const picturesMaxBytes = 24 * 1024 * 1024
/** Bytes of one; a third more as base64. */
const pictureMaxBytes = 14 * 1024 * 1024

/** Those that are pictures of a kind that models read. */
export function picturesIn(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter(({ type }) => mimes.some((mime) => mime === type))
}

/** Null when they are too large, or none is a picture of a known kind. */
export async function readPictures(files: readonly File[], already: readonly Picture[]): Promise<Picture[] | null> {
  const held = already.reduce((bytes, { data }) => bytes + (data.length * 3) / 4, 0)
  const added = files.reduce((bytes, { size }) => bytes + size, 0)
  if (held + added > picturesMaxBytes || files.some(({ size }) => size > pictureMaxBytes)) return null
  return Promise.all(files.map(readPicture))
}

async function readPicture(file: File): Promise<Picture> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    const failed = () => reject(reader.error ?? new Error('The picture could not be read.'))
    reader.addEventListener('load', () => (typeof reader.result === 'string' ? resolve(reader.result) : failed()))
    reader.addEventListener('error', failed)
    reader.readAsDataURL(file)
  })
  const mime = mimes.find((known) => known === file.type)
  if (mime === undefined) throw new Error(`A picture of the kind ${file.type} is not read by models.`)
  return { mime, data: url.slice(url.indexOf(',') + 1) }
}

export function urlOf({ mime, data }: Picture): string {
  return `data:${mime};base64,${data}`
}
