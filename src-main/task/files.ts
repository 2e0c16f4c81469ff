/** The files of a task: what the model is given, and where the answer goes. */
import { access, constants, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { TaskInputError, type TaskOptions } from './types.ts'

export interface Material {
  context: string | null
  image: { mimeType: string; data: string } | null
}

const mimeTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.heic': 'image/heic',
  '.heif': 'image/heif',
  '.gif': 'image/gif',
}

/** Reads what the options name. Throws TaskInputError for what cannot be read, or could not be written later. */
export async function readMaterial(options: TaskOptions): Promise<Material> {
  for (const field of ['output', 'imageOutput'] as const) await assertWritable(field, options[field])
  const { contextFile, imageFile } = options
  return {
    context: contextFile === undefined ? null : (await read('contextFile', contextFile)).toString('utf8'),
    image:
      imageFile === undefined
        ? null
        : {
            mimeType: mimeTypes[extname(imageFile).toLowerCase()] ?? 'image/jpeg',
            data: (await read('imageFile', imageFile)).toString('base64'),
          },
  }
}

/** Null = it is written; otherwise why not. An answer that was paid for is not thrown away over that. */
export async function write(path: string, content: string | Uint8Array): Promise<string | null> {
  try {
    await writeFile(path, content)
    return null
  } catch (error) {
    return `${path} could not be written: ${reason(error)}`
  }
}

async function read(field: 'contextFile' | 'imageFile', path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new TaskInputError(field, `${path} cannot be read: ${reason(error)}`)
  }
}

async function assertWritable(field: 'output' | 'imageOutput', path: string | undefined): Promise<void> {
  if (path === undefined) return
  try {
    const found = await stat(path).catch(() => null)
    if (found?.isDirectory()) throw new TaskInputError(field, `${path} is a folder; give a file`)
    await access(found === null ? dirname(path) : path, constants.W_OK)
  } catch (error) {
    if (error instanceof TaskInputError) throw error
    throw new TaskInputError(field, `${path} cannot be written: ${reason(error)}`)
  }
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it failed'
}
