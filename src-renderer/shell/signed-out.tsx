/** Keywheel was started anew: this page waits for the new address and keeps everything that was typed. */
import { Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

export function SignedOut({ opened }: { opened: boolean }) {
  const { t } = useTranslation()
  const [address, setAddress] = useState('')
  const [wrong, setWrong] = useState(false)
  const signIn = () => {
    const url = URL.parse(address.trim())
    const usable = url?.hash.startsWith('#code=') === true
    setWrong(!usable)
    if (!usable) return
    setAddress('')
    // At another port it is another page; here the code is taken out of the address at once.
    if (url.origin === location.origin) location.hash = url.hash
    else location.assign(url)
  }
  return (
    <Modal opened={opened} onClose={() => undefined} withCloseButton={false} title={t('connection.expiredTitle')} zIndex={400}>
      <Stack
        component="form"
        onSubmit={(event) => {
          event.preventDefault()
          signIn()
        }}
      >
        <Text size="sm">{t('connection.expiredAgain')}</Text>
        <TextInput
          label={t('connection.address')}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          error={wrong && t('connection.addressWrong')}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <Button type="submit" disabled={address.trim() === ''}>
          {t('connection.signIn')}
        </Button>
      </Stack>
    </Modal>
  )
}
