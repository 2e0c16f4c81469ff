/** Texts to copy into a program, for the chosen pool or for the unified address with a model. */
import { Anchor, Autocomplete, NavLink, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClientCreated, Pool } from '../../../src-preload/contract/index.ts'
import { formatNames } from '../../format.ts'
import { Section } from '../../parts/page.tsx'
import { useStored } from '../../parts/use-stored.ts'
import { CodeBlock } from './code-block.tsx'
import classes from './connect.module.css'
import { fits, hiddenOf, snippetsFor, type ToolId, toolApis, toolIds } from './snippets.ts'
import { tokenPlaceholder } from './token-placeholder.ts'
import { useModelNames } from './use-model-names.ts'
import { useProxyUrl } from './use-proxy-url.ts'

const toolCodec = { parse: (text: string | null) => toolIds.find((tool) => tool === text) ?? null, text: (tool: ToolId) => tool }

type Address = 'pool' | 'unified'
const addressCodec = {
  parse: (text: string | null): Address | null => (text === 'pool' || text === 'unified' ? text : null),
  text: (address: Address) => address,
}

export interface SetupCardProps {
  pool: Pool
  /** Made on this page: its token can be filled in. */
  client: ClientCreated | null
  onMakeClient: () => void
}

export function SetupCard({ pool, client, onMakeClient }: SetupCardProps) {
  const { t } = useTranslation('connect')
  const { url } = useProxyUrl()
  const [stored, setTool] = useStored<ToolId>('connect.tool', 'curl', toolCodec)
  const [address, setAddress] = useStored<Address>('connect.address', 'pool', addressCodec)
  const models = useModelNames()
  const [typed, setModel] = useState<string | null>(null)
  const model = (typed ?? models[0] ?? '').trim() || 'name-of-a-model'
  const unified = address === 'unified'
  const provider = unified ? 'unified' : pool.provider
  const tools = toolIds.filter((tool) => fits(tool, provider))
  const tool = tools.includes(stored) ? stored : (tools[0] ?? 'generic')
  const target = {
    proxyUrl: url,
    slug: unified ? null : pool.slug,
    provider,
    token: client?.token ?? tokenPlaceholder,
    ...(unified && { model }),
  }
  const shown = snippetsFor(tool, hiddenOf(target))
  return (
    <Section title={t('setup.title')} description={unified ? t('setup.textUnified') : t('setup.text', pool)}>
      <SegmentedControl
        aria-label={t('setup.address')}
        data={[
          { value: 'pool', label: t('setup.addresses.pool', pool) },
          { value: 'unified', label: t('setup.addresses.unified') },
        ]}
        value={address}
        onChange={(next) => setAddress(next === 'unified' ? 'unified' : 'pool')}
      />
      {unified && (
        <Autocomplete
          label={t('setup.model')}
          description={t('setup.modelHelp')}
          data={models}
          limit={30}
          value={typed ?? models[0] ?? ''}
          onChange={setModel}
          maxLength={200}
          maw={380}
          spellCheck={false}
        />
      )}
      <div className={classes.setup}>
        <nav aria-label={t('setup.tool')}>
          {tools.map((name) => (
            <NavLink
              key={name}
              component="button"
              label={t(`tools.${name}`)}
              active={name === tool}
              aria-current={name === tool}
              onClick={() => setTool(name)}
              className={classes.tool}
            />
          ))}
        </nav>
        <Stack gap="sm" className={classes.texts}>
          <Text size="sm">
            {tool === 'keywheel-run' ? (
              t('setup.noToken')
            ) : client ? (
              t('setup.withToken', client)
            ) : (
              <>
                {t('setup.placeholder', { token: tokenPlaceholder })}{' '}
                <Anchor component="button" type="button" size="sm" underline="always" onClick={onMakeClient}>
                  {t('setup.makeClient')}
                </Anchor>
              </>
            )}
          </Text>
          {snippetsFor(tool, target).map(({ file, text }, at) => (
            <CodeBlock
              key={file ?? 'text'}
              title={file ? t('setup.file', { file }) : t(placeOf(tool))}
              text={text}
              shown={shown[at]?.text ?? ''}
              copyLabel={t('setup.copy')}
            />
          ))}
        </Stack>
      </div>
      <NotFitting provider={provider} />
    </Section>
  )
}

/** Where a text without a file goes. */
function placeOf(tool: ToolId): 'setup.shell' | 'setup.code' | 'setup.settings' {
  if (tool === 'generic') return 'setup.settings'
  return tool.endsWith('-python') || tool.endsWith('-node') ? 'setup.code' : 'setup.shell'
}

/** Says why a program one looks for is not in the list. */
function NotFitting({ provider }: { provider: string }) {
  const { t, i18n } = useTranslation('connect')
  const others = toolIds.filter((tool) => toolApis[tool] !== 'any' && !fits(tool, provider))
  if (others.length === 0) return null
  const tools = formatNames(
    others.map((tool) => t(`tools.${tool}`)),
    i18n.language,
  )
  return (
    <Text size="xs" c="dimmed">
      {t('setup.notFor', { count: others.length, tools })}
    </Text>
  )
}
