/** The messages of a prompt: who speaks, and what is said. */
import { ActionIcon, Button, Select, Stack, Text, Textarea } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Message } from './prompt-draft.ts'
import classes from './prompts.module.css'

const roles = ['system', 'user', 'assistant'] as const satisfies readonly Message['role'][]

export interface MessagesEditorProps {
  value: readonly Message[]
  onChange: (messages: Message[]) => void
  /** What is wrong at a path such as `messages.0.text`. */
  problem: (path: string) => string | undefined
}

export function MessagesEditor({ value, onChange, problem }: MessagesEditorProps) {
  const { t } = useTranslation('gateway')
  const put = (at: number, message: Message) => onChange(value.map((old, index) => (index === at ? message : old)))
  return (
    <Stack gap={6} role="group" aria-label={t('prompts.messages')}>
      <div>
        <Text size="sm" fw={600}>
          {t('prompts.messages')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('prompts.messagesHelp', { example: '{{topic}}' })}
        </Text>
      </div>
      {value.map((message, at) => (
        // Messages have no name but their place.
        <div key={at} className={classes.message}>
          <Select
            aria-label={t('prompts.role', { number: at + 1 })}
            data={roles.map((role) => ({ value: role, label: t(`prompts.roles.${role}`) }))}
            value={message.role}
            onChange={(role) => put(at, { ...message, role: roles.find((known) => known === role) ?? message.role })}
            allowDeselect={false}
          />
          <Textarea
            aria-label={t('prompts.message', { number: at + 1 })}
            value={message.text}
            onChange={(event) => put(at, { ...message, text: event.currentTarget.value })}
            autosize
            minRows={2}
            maxRows={14}
            classNames={{ input: classes.text }}
            error={message.text === '' ? undefined : problem(`messages.${at}.text`)}
          />
          {value.length > 1 ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={4}
              aria-label={t('prompts.removeMessage', { number: at + 1 })}
              onClick={() => onChange(value.filter((_, index) => index !== at))}
            >
              <IconTrash size={15} />
            </ActionIcon>
          ) : (
            <span />
          )}
        </div>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...value, { role: value.at(-1)?.role === 'user' ? 'assistant' : 'user', text: '' }])}
          disabled={value.length >= 100}
        >
          {t('prompts.addMessage')}
        </Button>
      </div>
    </Stack>
  )
}
