/** An export as the files that a person gets. Pure. */
import type { ExportDocument, ExportedFiles, ExportInput, SealedDocument } from '../../../src-preload/contract/index.ts'

type File = ExportedFiles['files'][number]

export function exportedFilesOf(
  answer: ExportDocument | SealedDocument | ExportedFiles,
  what: ExportInput['what'],
  now: Date,
): readonly File[] {
  if ('files' in answer) return answer.files
  const name = `keywheel-${what}-${now.toISOString().slice(0, 10)}.json`
  return [{ name, type: 'application/json', text: `${JSON.stringify(answer, null, 2)}\n` }]
}
