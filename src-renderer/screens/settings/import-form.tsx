/** Import: choose a file, see what it would do, then do it. */
import { Alert, Button, FileInput, Group, Stack } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportInput, ImportPlan } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { problemOf } from '../../parts/problem.ts'
import { toastDone } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { openUnlock } from '../../shell/dialogs.ts'
import { TaskProgress } from '../../tasks/task-progress.tsx'
import { isSealed, largestFile } from './import-file.ts'
import { ImportPlanView } from './import-plan.tsx'
import { importAsTask } from './import-task.ts'
import { changesSomething } from './plan-effect.ts'
import { useFocused } from './use-focused.ts'

interface Chosen {
  file: File
  text: string
  sealed: boolean
}

export function ImportForm({ focused }: { focused: boolean }) {
  const { t } = useTranslation('settings')
  const ref = useFocused(focused)
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [tooLarge, setTooLarge] = useState(false)
  const choose = async (file: File | null) => {
    setTooLarge(file !== null && file.size > largestFile)
    if (file === null || file.size > largestFile) return setChosen(null)
    const text = await file.text()
    setChosen({ file, text, sealed: isSealed(text) })
  }
  return (
    <div ref={ref}>
      <Section title={t('import.title')} description={t('import.text')}>
        <Stack maw={680}>
          <FileInput
            label={t('import.file')}
            description={t('import.fileHint')}
            placeholder={t('import.choose')}
            leftSection={<IconFileImport size={16} />}
            value={chosen?.file ?? null}
            onChange={(file) => void choose(file)}
            accept=".json,.age,.txt,application/json"
            error={tooLarge && t('import.tooLarge')}
            clearable
            clearButtonProps={{ 'aria-label': t('import.close') }}
            maw={420}
          />
          {/* A new file starts anew, without the plan of the last one. */}
          {chosen && (
            <Steps
              key={`${chosen.file.name} ${chosen.file.lastModified} ${chosen.file.size}`}
              chosen={chosen}
              onClose={() => setChosen(null)}
            />
          )}
        </Stack>
      </Section>
    </div>
  )
}

function Steps({ chosen, onClose }: { chosen: Chosen; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common'])
  const { client } = useApi()
  const [passphrase, setPassphrase] = useState('')
  const [plan, setPlan] = useState<ImportPlan | null>(null)
  const run = useMutation({
    mutationFn(mode: ImportInput['mode']) {
      const input = { document: chosen.text, mode, ...(chosen.sealed ? { passphrase } : {}) }
      return mode === 'apply' ? importAsTask(client, input) : client.transfer.import(input)
    },
    onSuccess: (answer, _mode, _result, context) => {
      setPlan(answer)
      if (!answer.applied) return undefined
      setPassphrase('')
      toastDone(t('settings:import.applied'))
      return context.client.invalidateQueries()
    },
    gcTime: 0,
  })
  const { mutate } = run
  // What needs no passphrase is shown at once.
  useEffect(() => {
    if (!chosen.sealed) mutate('preview')
  }, [chosen, mutate])
  const locked = run.error !== null && problemOf(run.error).code === 'VAULT_LOCKED'
  const ready = !chosen.sealed || passphrase !== ''
  return (
    <Stack
      component="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) run.mutate('preview')
      }}
    >
      {chosen.sealed && !plan?.applied && (
        <PasswordField
          label={t('settings:import.passphrase')}
          value={passphrase}
          onChange={(event) => {
            setPassphrase(event.currentTarget.value)
            setPlan(null)
          }}
          autoComplete="off"
          maw={420}
        />
      )}
      {run.error && (
        <ErrorNotice error={run.error} {...(locked && { action: { label: t('common:banner.unlock'), run: openUnlock } })} />
      )}
      {plan && <ImportPlanView plan={plan} />}
      {plan && !plan.applied && !changesSomething(plan) && <Alert color="gray">{t('settings:import.nothing')}</Alert>}
      <Group>
        {plan === null && (
          <Button type="submit" disabled={!ready} loading={run.isPending}>
            {t('settings:import.preview')}
          </Button>
        )}
        {plan && !plan.applied && changesSomething(plan) && (
          <Button onClick={() => run.mutate('apply')} loading={run.isPending}>
            {t('settings:import.apply')}
          </Button>
        )}
        {run.isPending && <TaskProgress kind="transfer.import" />}
        {plan && (
          <Button variant="default" onClick={onClose}>
            {plan.applied ? t('common:done') : t('common:cancel')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
