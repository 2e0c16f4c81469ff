/** Which workspace the window opens with, from a command line that is full of other people's switches. */
import { describe, expect, test } from 'vitest'
import { wantedWorkspace } from '../../src-main/desktop/workspace.ts'

describe('the workspace that is asked for', () => {
  test.each([
    [['keywheel', '--workspace', 'team'], 'team'],
    [['keywheel', '--workspace=team', '--no-first-run'], 'team'],
    [['electron', '.', '--ozone-platform=x11', '--workspace', 'team', '--lang=en'], 'team'],
    [['keywheel', '--workspace'], undefined],
    [['keywheel', '--workspace='], undefined],
    [['keywheel', '--workspaces=team', 'workspace'], undefined],
    [['keywheel'], undefined],
  ])('%j asks for %j', (argv, wanted) => {
    expect(wantedWorkspace(argv, {})).toBe(wanted)
  })

  test('the command line goes before the environment, and an empty variable is none', () => {
    expect(wantedWorkspace(['keywheel'], { KEYWHEEL_WORKSPACE: 'team' })).toBe('team')
    expect(wantedWorkspace(['keywheel', '--workspace=other'], { KEYWHEEL_WORKSPACE: 'team' })).toBe('other')
    expect(wantedWorkspace(['keywheel'], { KEYWHEEL_WORKSPACE: '' })).toBeUndefined()
  })
})
