/** The harness itself: what it does not model, or what would hang in Electron, fails here too, and says why. */
import { writeFileSync } from 'node:fs'
import { expect, test } from '../support/electron/test.ts'

const faults: Record<string, { code: string; endsWith: number; says: string }> = {
  'an import that is not modelled': {
    code: "import { nativeTheme } from 'electron'; nativeTheme",
    endsWith: 1,
    says: "does not provide an export named 'nativeTheme'",
  },
  'a method that is not modelled': {
    code: "import { app } from 'electron'; app.setLoginItemSettings({})",
    endsWith: 1,
    says: 'electron: app.setLoginItemSettings is not modelled by the harness',
  },
  'an event that is not modelled': {
    code: "import { app } from 'electron'; app.on('open-url', () => {})",
    endsWith: 1,
    says: 'the event "open-url" of app is not modelled by the harness',
  },
  'a top-level await of ready': {
    code: "import { app } from 'electron'; await app.whenReady()",
    endsWith: 86,
    says: 'does it await app.whenReady() at its top level?',
  },
  'a window before ready': {
    code: "import { BrowserWindow } from 'electron'; new BrowserWindow({})",
    endsWith: 1,
    says: 'BrowserWindow cannot be used before the app is ready',
  },
  'a scheme after ready': {
    code: "import { app, protocol } from 'electron'; app.whenReady().then(() => protocol.registerSchemesAsPrivileged([]))",
    endsWith: 1,
    says: 'protocol.registerSchemesAsPrivileged must be called before the app is ready',
  },
  'a rejection that nobody handles': {
    code: "import { app } from 'electron'; app.whenReady().then(() => { throw new Error('planted') })",
    endsWith: 1,
    says: 'planted',
  },
}

for (const [name, { code, endsWith, says }] of Object.entries(faults)) {
  test(`finds ${name}`, async ({ start }, info) => {
    const entry = info.outputPath('entry.mjs')
    writeFileSync(entry, code)
    const shell = await start({ entry, deadlockMs: 2000, endsWith })
    expect(await shell.exited).toBe(endsWith)
    expect(shell.log()).toContain(says)
  })
}
