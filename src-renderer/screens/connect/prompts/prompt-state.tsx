/** Whether a prompt can be called: a word and an icon. */
import { IconArchive, IconCircleCheck, IconPencil } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Prompt } from '../../../../src-preload/contract/index.ts'
import classes from './prompts.module.css'

const icons = { draft: IconPencil, published: IconCircleCheck, retired: IconArchive } as const satisfies Record<
  Prompt['state'],
  unknown
>

export function PromptState({ state }: Pick<Prompt, 'state'>) {
  const { t } = useTranslation('gateway')
  const Icon = icons[state]
  return (
    <span data-tip={t(`prompts.statesMean.${state}`)} className={classes.state} data-state={state}>
      <Icon size={15} aria-hidden />
      {t(`prompts.states.${state}`)}
    </span>
  )
}
