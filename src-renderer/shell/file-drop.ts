/** Files dropped anywhere on the window open the sheet for adding keys with what is in them. */
import { useWindowEvent } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { toastError, toastRefused } from '../parts/toast.tsx'
import { navigate } from '../route.ts'
import { droppedText, readKeyFiles } from '../screens/keys/add/dropped-file.ts'
import { noText, withFiles } from '../screens/keys/add/key-text.ts'

export function useFileDrop(): void {
  const { t } = useTranslation(['keys'])
  useWindowEvent('dragover', (event) => event.preventDefault())
  useWindowEvent('drop', (event) => {
    const files = [...(event.dataTransfer?.files ?? [])]
    if (event.defaultPrevented || files.length === 0) return
    event.preventDefault()
    readKeyFiles(files)
      .then((texts) => {
        if (texts === null) return toastRefused(t('sheet.tooLarge'))
        droppedText.set(withFiles(noText, texts))
        return navigate('keys', { sheet: 'add' })
      })
      .catch((error: unknown) => toastError(error))
  })
}
