/** What can be done with what was tried: begin anew, or keep it as a prompt. */
import { Button } from '@mantine/core'
import { IconDeviceFloppy, IconEraser } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { toastUndo } from '../../parts/toast.tsx'
import { navigate, newName } from '../../route.ts'
import { useStore } from '../../shell/store.ts'
import { handedDraft } from '../connect/prompts/handed-draft.ts'
import { noDraft, promptFrom } from './session.ts'
import { openSession, session } from './store.ts'
import { useModels } from './use-models.ts'

export function SessionActions() {
  const { t } = useTranslation(['playground', 'common'])
  const now = useStore(session)
  const { wanted } = useModels()
  const { turns, draft, setup } = now
  const begin = () => {
    openSession({ setup, draft: noDraft, turns: [] })
    toastUndo(t('playground:cleared'), t('common:undo'), () => session.set(now))
  }
  const save = () => {
    handedDraft.set(promptFrom(now, wanted[0] ?? ''))
    navigate('connect', { tab: 'prompts', prompt: newName })
  }
  const empty = turns.length === 0 && draft.text === '' && draft.pictures.length === 0
  return (
    <>
      <Button variant="default" leftSection={<IconEraser size={15} />} onClick={begin} disabled={empty}>
        {t('playground:clear')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconDeviceFloppy size={15} />}
        onClick={save}
        disabled={empty && setup.system.trim() === ''}
      >
        {t('playground:save')}
      </Button>
    </>
  )
}
