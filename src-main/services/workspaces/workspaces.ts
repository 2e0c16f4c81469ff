/** Workspaces: which there are, which one is open, making, opening and removing them. One change at a time. */
import { invalid, KeywheelError, type Workspace } from '../../../src-preload/contract/index.ts'
import { serial } from '../../base/serial.ts'
import type { Clock } from '../../pool/types.ts'
import type { Actor, WorkspaceService } from '../types.ts'
import { defaultWorkspace, type WorkspaceFacts, type WorkspaceFolders } from './folders.ts'

interface WorkspaceServiceDeps {
  folders: WorkspaceFolders
  clock: Pick<Clock, 'now'>
  /** Slug of the open one. */
  current(): string
  /** Opens it in place of the open one, which goes on when that fails. */
  switchTo(slug: string): Promise<void>
  /** Takes its secrets out of the OS keychain; the folder is nobody's meanwhile. */
  forget(slug: string): Promise<void>
  /** Written down in the open one. */
  note(actor: Actor, action: string, subject: string): Promise<void>
  onChange(): void
}

interface Workspaces extends WorkspaceService {
  /** Runs a change that no other one may meet. WORKSPACE_SWITCHING when Keywheel is closing. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Takes no more changes; resolves when the one under way has ended. */
  close(): Promise<void>
}

export function createWorkspaceService(deps: WorkspaceServiceDeps): Workspaces {
  const { folders, clock, current, switchTo, forget, note, onChange } = deps
  const view = (facts: WorkspaceFacts): Workspace => ({ ...facts, open: facts.slug === current() })
  const inTurn = serial()
  let closed = false
  const change = <T>(work: () => Promise<T>): Promise<T> =>
    inTurn(() => (closed ? Promise.reject(new KeywheelError('WORKSPACE_SWITCHING', 'Keywheel is closing.')) : work()))

  return {
    alone: change,
    list: async () => (await folders.list()).map(view),
    create: ({ slug, name = slug }, actor) =>
      change(async () => {
        const facts = { slug, name, createdAt: clock.now() }
        await folders.create(facts)
        await note(actor, 'workspace.create', slug)
        onChange()
        return view(facts)
      }),
    open: (slug, actor) =>
      change(async () => {
        const facts = await folders.get(slug)
        if (slug !== current()) {
          await switchTo(slug)
          await note(actor, 'workspace.open', slug)
        }
        return view(facts)
      }),
    remove: (slug, confirm, actor) =>
      change(async () => {
        await folders.get(slug)
        if (slug === current()) throw new KeywheelError('WORKSPACE_OPEN')
        if (slug === defaultWorkspace)
          throw invalid('slug', 'the default workspace is the data folder itself and stays; open it to erase what is in it')
        if (confirm !== slug) throw invalid('confirm', `give the name of the workspace, "${slug}"`)
        await forget(slug)
        await folders.remove(slug)
        await note(actor, 'workspace.remove', slug)
        onChange()
      }),
    close: () =>
      inTurn(() => {
        closed = true
        return Promise.resolve()
      }),
  }
}
