/** Where one writes: Enter sends, Escape stops, pictures by drop, paste or choice. */
import { ActionIcon, Button, FileButton, Group, Textarea, VisuallyHidden } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconPhotoPlus, IconPlayerStop, IconSend, IconX } from '@tabler/icons-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toastError, toastRefused } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { useStore } from '../../shell/store.ts'
import { isRunning } from './answer.ts'
import { picturesIn, picturesMaxBytes, pictureTypes, readPictures, urlOf } from './pictures.ts'
import classes from './playground.module.css'
import { changeDraft, send, session, stop } from './store.ts'
import { useModels } from './use-models.ts'

export function Composer() {
  const { t } = useTranslation('playground')
  const { client } = useApi()
  const { draft, turns } = useStore(session)
  const { wanted, loading } = useModels()
  const add = useAddPictures()
  const [over, setOver] = useState(false)
  const last = turns.at(-1)?.answer
  const running = last !== undefined && isRunning(last)
  const ready = !running && wanted.length > 0 && draft.text.trim() !== ''
  const submit = () => ready && send(client, wanted)
  const box = useRef<HTMLTextAreaElement>(null)
  useHotkeys([['/', () => box.current?.focus()]])
  useHotkeys(running ? [['Escape', stop]] : [], [])
  const onKeyDown = (event: KeyboardEvent) => {
    // Shift makes a line; the Enter that ends a word of an input method is no Enter.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }
  return (
    <form
      className={classes.composer}
      data-over={over || undefined}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onDragOver={() => setOver(true)}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false)
        const pictures = picturesIn(event.dataTransfer)
        if (pictures.length === 0) return
        event.preventDefault()
        add(pictures)
      }}
    >
      <Held />
      <Textarea
        aria-label={t('message')}
        placeholder={t('messageHint', { braces: '{{name}}' })}
        value={draft.text}
        onChange={(event) => changeDraft({ text: event.currentTarget.value })}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const pictures = picturesIn(event.clipboardData)
          if (pictures.length === 0) return
          event.preventDefault()
          add(pictures)
        }}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={1_000_000}
        ref={box}
      />
      <Group justify="space-between" mt={6} gap="xs" wrap="nowrap">
        <Group gap={6} wrap="nowrap">
          <FileButton onChange={add} accept={pictureTypes} multiple>
            {(props) => (
              <ActionIcon data-tip="" {...props} variant="subtle" color="gray" aria-label={t('addPicture')}>
                <IconPhotoPlus size={17} />
              </ActionIcon>
            )}
          </FileButton>
          <span className={classes.hint}>{t(wanted.length === 0 && !loading ? 'choose' : 'keys')}</span>
        </Group>
        {running ? (
          <Button leftSection={<IconPlayerStop size={15} />} color="red" variant="light" onClick={stop}>
            {t('stop')}
          </Button>
        ) : (
          <Button type="submit" leftSection={<IconSend size={15} />} disabled={!ready}>
            {t('send')}
          </Button>
        )}
      </Group>
      <VisuallyHidden role="status">{last && t(`says.${last.state}`)}</VisuallyHidden>
    </form>
  )
}

/** Pictures that go along with what is sent next. */
function Held() {
  const { t } = useTranslation('playground')
  const { pictures } = useStore(session).draft
  if (pictures.length === 0) return null
  return (
    <div className={classes.pictures}>
      {pictures.map((picture, at) => (
        <span key={at} className={classes.held}>
          <img className={classes.thumb} src={urlOf(picture)} alt={t('picture', { number: at + 1 })} />
          <ActionIcon
            className={classes.remove}
            size="xs"
            variant="default"
            aria-label={t('removePicture', { number: at + 1 })}
            onClick={() => changeDraft({ pictures: pictures.filter((_, index) => index !== at) })}
          >
            <IconX size={11} />
          </ActionIcon>
        </span>
      ))}
    </div>
  )
}

function useAddPictures(): (files: File[]) => void {
  const { t } = useTranslation('playground')
  return (files) => {
    const { draft, turns } = session.get()
    const all = [...turns.flatMap(({ pictures }) => pictures), ...draft.pictures]
    readPictures(files, all)
      .then((added) => {
        if (added === null) return toastRefused(t('tooLarge', { megabytes: picturesMaxBytes / 1024 / 1024 }))
        return changeDraft({ pictures: [...session.get().draft.pictures, ...added] })
      })
      .catch((error: unknown) => toastError(error))
  }
}
