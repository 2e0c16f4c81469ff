/** A pool while it is edited: the same draft behind the form and the JSON view. */
import { z } from 'zod'
import {
  type AuthStyle,
  authStyle,
  type NewPools,
  type Pool,
  type PoolConfig,
  type PoolConfigInput,
  type PoolCreate,
  type PoolPatch,
  type Provider,
  poolConfig,
  poolCreate,
  poolPatch,
  type Strategy,
} from '../../../src-preload/contract/index.ts'
import { type Issue, issuesOf } from '../../parts/issues.ts'
import { configOfNew } from './config-schema.ts'

export interface PoolDraft {
  slug: string
  name: string
  provider: string
  /** Empty in a new pool = the provider's own. */
  baseUrl: string
  auth: AuthStyle
  strategy: Strategy
  config: PoolConfig
}

export function draftOfPool({ slug, name, provider, baseUrl, auth, strategy, config }: Pool): PoolDraft {
  return { slug, name, provider, baseUrl, auth, strategy, config }
}

export function newDraft(provider: Provider | undefined, begin: NewPools): PoolDraft {
  return {
    slug: '',
    name: '',
    provider: provider?.id ?? 'openai',
    baseUrl: '',
    auth: provider?.auth ?? { in: 'header', name: 'authorization', format: 'Bearer {key}' },
    strategy: begin.strategy,
    config: configOfNew(begin),
  }
}

/** Says all that was seen, whatever new pools begin with meanwhile. `asDraft`: programs cannot call it before it is published. */
export function createOf(draft: PoolDraft, provider: Provider | undefined, asDraft = false): PoolCreate {
  return {
    slug: draft.slug,
    draft: asDraft,
    name: draft.name.trim() || draft.slug,
    provider: draft.provider,
    strategy: draft.strategy,
    ...(draft.baseUrl.trim() && { baseUrl: draft.baseUrl.trim() }),
    ...(!same(draft.auth, provider?.auth) && { auth: draft.auth }),
    config: draft.config,
  }
}

/** Only what was changed. */
export function patchOf(before: PoolDraft, draft: PoolDraft): PoolPatch {
  const config = differing(draft.config, before.config)
  return {
    ...(draft.name !== before.name && { name: draft.name }),
    ...(draft.baseUrl !== before.baseUrl && { baseUrl: draft.baseUrl.trim() }),
    ...(!same(draft.auth, before.auth) && { auth: draft.auth }),
    ...(draft.strategy !== before.strategy && { strategy: draft.strategy }),
    ...(Object.keys(config).length > 0 && { config }),
  }
}

export function isDirty(before: PoolDraft, draft: PoolDraft): boolean {
  return !same(before, draft)
}

/** Everything that the application would refuse. */
export function draftIssues(draft: PoolDraft, mode: 'new' | 'edit'): Issue[] {
  const schema = mode === 'new' ? poolCreate.pick({ slug: true }).loose() : z.looseObject({ name: poolPatch.shape.name })
  const results = [
    ['', schema.safeParse(mode === 'new' ? { slug: draft.slug } : { name: draft.name })],
    ['auth', authStyle.safeParse(draft.auth)],
    ['config', poolConfig.safeParse(draft.config)],
  ] as const
  return results.flatMap(([prefix, result]) => issuesOf(result.error, prefix))
}

/** The draft as text. A pool that exists keeps its slug and provider, so they are left out, as is what is as in `defaults`. */
export function jsonOf(draft: PoolDraft, mode: 'new' | 'edit', defaults: PoolConfig): string {
  const { slug, provider, name, baseUrl, auth, strategy } = draft
  const head = mode === 'new' ? { slug, provider } : {}
  return JSON.stringify({ ...head, name, baseUrl, auth, strategy, config: differing(draft.config, defaults) }, null, 2)
}

const jsonShape = z.strictObject({
  slug: z.string().default(''),
  provider: z.string().default('openai'),
  name: z.string().default(''),
  baseUrl: z.string().default(''),
  auth: authStyle,
  strategy: poolPatch.shape.strategy.unwrap(),
  config: poolPatch.shape.config.unwrap().unwrap().default({}),
})

export type JsonResult = { draft: PoolDraft } | { issues: Issue[] } | { notJson: string }

/** Reads the JSON view. What is left out of `config` is as in `defaults`. */
export function draftOfJson(text: string, before: PoolDraft, mode: 'new' | 'edit', defaults: PoolConfig): JsonResult {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { notJson: error instanceof Error ? error.message : String(error) }
  }
  const fixed = mode === 'edit' ? jsonShape.omit({ slug: true, provider: true }) : jsonShape
  const parsed = fixed.safeParse(value)
  if (!parsed.success) return { issues: issuesOf(parsed.error) }
  const config = poolConfig.parse({ ...defaults, ...parsed.data.config })
  return { draft: { ...before, ...parsed.data, config } }
}

/** Only the fields that are not as in `from`. */
export function differing(config: PoolConfig, from: PoolConfig): PoolConfigInput {
  const changed = Object.entries(config).filter(([name, value]) => !same(value, from[name as keyof PoolConfig]))
  return Object.fromEntries(changed)
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
