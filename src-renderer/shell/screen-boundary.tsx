/** Keeps a screen that cannot be drawn from taking the whole page with it. */
import { Box, Center } from '@mantine/core'
import { IconMoodSad } from '@tabler/icons-react'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyDiagnostics } from '../parts/copy-diagnostics.tsx'
import { EmptyState } from '../parts/empty-state.tsx'

export class ScreenBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children
  }
}

function Failed() {
  const { t } = useTranslation()
  return (
    <Box p="xl">
      <EmptyState
        icon={<IconMoodSad size={32} />}
        title={t('error.screenTitle')}
        text={t('error.screenText')}
        action={{ label: t('retry'), run: () => location.reload() }}
      />
      <Center>
        <CopyDiagnostics />
      </Center>
    </Box>
  )
}
