/** Puts the page together: connection, cache, live data, theme, texts. */
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './base.css'
import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { connect } from './bridge/index.ts'
import { hearCommands } from './commands/asked.ts'
import { createI18n, languageOf } from './i18n/index.ts'
import { followPrivacy, guardConnection } from './privacy/guard.ts'
import { ApiProvider } from './queries/api.tsx'
import { followLive } from './queries/live.ts'
import { createOrpc } from './queries/orpc.ts'
import { createQueryClient } from './queries/query-client.ts'
import { askAheadOfRoutes } from './screens/ahead.ts'
import { Gate } from './shell/gate.tsx'
import { Tip } from './shell/tip.tsx'
import { hearProgress } from './tasks/told.ts'
import { cssVariables, theme } from './theme.ts'

/** `nonce` allows the style elements that Mantine makes. */
export async function start(nonce: string): Promise<void> {
  const connection = guardConnection(connect())
  const { client } = connection
  const orpc = createOrpc(client)
  const cache = createQueryClient()
  const requests = followLive(connection, orpc, cache)
  followPrivacy(cache)
  askAheadOfRoutes(orpc, cache)
  connection.onLive(hearCommands)
  connection.onLive(hearProgress)
  const i18n = await createI18n(languageOf('system'))
  const root = document.getElementById('root')
  if (!root) throw new Error('index.html has no #root')
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
          <QueryClientProvider client={cache}>
            <ApiProvider client={client} orpc={orpc} requests={requests}>
              <ModalsProvider>
                {/* At the left, where no sheet has its buttons. */}
                <Notifications position="bottom-left" />
                <Tip />
                <Gate connection={connection} />
              </ModalsProvider>
            </ApiProvider>
          </QueryClientProvider>
        </MantineProvider>
      </I18nextProvider>
    </StrictMode>,
  )
}
