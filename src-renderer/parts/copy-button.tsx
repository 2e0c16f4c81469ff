/** Copies what is not secret (addresses, snippets); a tick says that it is done. */
import { ActionIcon, Button, type ButtonProps, CopyButton as MantineCopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

export interface CopyButtonProps {
  value: string
  /** Says what is copied; shown as text with `labelled`, else as tooltip and accessible name. */
  label?: string
  labelled?: boolean
  variant?: ButtonProps['variant']
}

export function CopyButton({ value, label, labelled = false, variant }: CopyButtonProps) {
  const { t } = useTranslation()
  const name = label ?? t('copy')
  return (
    <MantineCopyButton value={value} timeout={1500}>
      {({ copied, copy }) => {
        const icon = copied ? <IconCheck size={15} /> : <IconCopy size={15} />
        if (labelled)
          return (
            <Button variant={variant ?? 'default'} leftSection={icon} onClick={copy}>
              {copied ? t('copied') : name}
            </Button>
          )
        return (
          <ActionIcon
            data-tip={copied ? t('copied') : name}
            variant={variant ?? 'subtle'}
            color="gray"
            onClick={copy}
            aria-label={name}
          >
            {icon}
          </ActionIcon>
        )
      }}
    </MantineCopyButton>
  )
}
