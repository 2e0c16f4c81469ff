/** A user while it is edited. Pure. */
import type { User, UserCreate, UserPatch } from '../../../../src-preload/contract/index.ts'
import { userCreate, userPatch } from '../../../../src-preload/contract/remote.ts'
import { issueByField } from '../../../parts/issues.ts'

export interface UserDraft {
  username: string
  email: string
  /** Empty = the present one stays. */
  password: string
  role: User['role']
  mayReveal: boolean
  /** Null = all. */
  pools: string[] | null
  active: boolean
}

export function userDraftOf(user: User | null): UserDraft {
  if (user === null) return { username: '', email: '', password: '', role: 'user', mayReveal: false, pools: null, active: true }
  const { username, email, role, mayReveal, pools, active } = user
  return { username, email, password: '', role, mayReveal, pools, active }
}

export function userCreateOf({ username, email, password, role, mayReveal, pools }: UserDraft): UserCreate {
  return { username, email, password, role, mayReveal, pools }
}

/** Only what was changed. */
export function userPatchOf(before: UserDraft, draft: UserDraft): UserPatch {
  const changed = (name: keyof UserDraft) => JSON.stringify(before[name]) !== JSON.stringify(draft[name])
  return {
    ...(changed('email') && { email: draft.email }),
    ...(draft.password !== '' && { password: draft.password }),
    ...(changed('role') && { role: draft.role }),
    ...(changed('mayReveal') && { mayReveal: draft.mayReveal }),
    ...(changed('pools') && { pools: draft.pools }),
    ...(changed('active') && { active: draft.active }),
  }
}

/** What the application would refuse, by field; `before` = of a user who is there. */
export function userIssues(draft: UserDraft, before: UserDraft | null): Record<string, string> {
  const { error } = before ? userPatch.safeParse(userPatchOf(before, draft)) : userCreate.safeParse(userCreateOf(draft))
  return issueByField(error)
}
