/** Notifications: what a person is told of, and when the desktop stays silent. Nothing here affects calls, so it is saved at once. */
import { Group, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type NoticeSettings, noticeKinds } from '../../../src-preload/contract/index.ts'
import { Section } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'

const night = { from: '22:00', to: '08:00' }

export function NotificationsSection() {
  const { t } = useTranslation(['shell', 'common'])
  const { client, orpc } = useApi()
  const notices = useQuery(orpc.settings.get.queryOptions()).data?.notices
  const save = useMutation({
    mutationFn: (next: NoticeSettings) => client.settings.update({ notices: next }),
    onSuccess: (settings, _next, _result, context) => context.client.setQueryData(orpc.settings.get.queryKey(), settings),
    onError: (error) => toastError(error),
  })
  if (!notices) return <SkeletonRows rows={9} height={44} />
  const shown = save.isPending ? save.variables : notices
  const set = (change: Partial<NoticeSettings>) => save.mutate({ ...shown, ...change })
  return (
    <Section title={t('shell:noticeSettings.title')} description={t('shell:noticeSettings.description')}>
      <Stack gap="sm">
        {noticeKinds.map((kind) => (
          <Switch
            key={kind}
            label={t(`shell:noticeSettings.kinds.${kind}`)}
            description={t(`shell:noticeSettings.kindHints.${kind}`)}
            checked={shown.kinds[kind]}
            onChange={(event) => set({ kinds: { ...shown.kinds, [kind]: event.currentTarget.checked } })}
          />
        ))}
        <Switch
          mt="md"
          label={t('shell:noticeSettings.desktop')}
          description={t('shell:noticeSettings.desktopHint')}
          checked={shown.desktop}
          onChange={(event) => set({ desktop: event.currentTarget.checked })}
        />
        <Switch
          label={t('shell:noticeSettings.quiet')}
          description={t('shell:noticeSettings.quietHint')}
          checked={shown.quiet !== null}
          onChange={(event) => set({ quiet: event.currentTarget.checked ? night : null })}
        />
        {shown.quiet && <QuietHours quiet={shown.quiet} onChange={(quiet) => set({ quiet })} />}
      </Stack>
    </Section>
  )
}

type Quiet = NonNullable<NoticeSettings['quiet']>

function QuietHours({ quiet, onChange }: { quiet: Quiet; onChange: (quiet: Quiet) => void }) {
  const { t } = useTranslation('shell')
  return (
    <Group pl={46}>
      {(['from', 'to'] as const).map((end) => (
        <TextInput
          key={end}
          type="time"
          label={t(`noticeSettings.${end}`)}
          // A time that is half typed is none.
          defaultValue={quiet[end]}
          onBlur={(event) => {
            const time = event.currentTarget.value.slice(0, 5)
            if (time && time !== quiet[end]) onChange({ ...quiet, [end]: time })
          }}
        />
      ))}
    </Group>
  )
}
