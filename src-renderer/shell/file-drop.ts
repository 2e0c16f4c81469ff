/** A file dropped anywhere on the window opens the sheet for adding keys with its text. */
import { useWindowEvent } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { toastError, toastRefused } from '../parts/toast.tsx'
import { navigate } from '../route.ts'
import { droppedText, readKeyFile } from '../screens/keys/add/dropped-file.ts'

export function useFileDrop(): void {
  const { t } = useTranslation(['keys'])
  useWindowEvent('dragover', (event) => event.preventDefault())
  useWindowEvent('drop', (event) => {
    const file = event.dataTransfer?.files[0]
    if (event.defaultPrevented || !file) return
    event.preventDefault()
    readKeyFile(file)
      .then((text) => {
        if (text === null) return toastRefused(t('sheet.tooLarge'))
        droppedText.set(text)
        return navigate('keys', { sheet: 'add' })
      })
      .catch((error: unknown) => toastError(error))
  })
}
