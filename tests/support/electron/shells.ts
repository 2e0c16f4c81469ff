/** The same test in the harness and, where Electron's binary and a display exist, in Electron itself. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type Page } from '@playwright/test'
import { test as harnessTest } from './test.ts'

/** What both shells can do. */
interface Shell {
  page(): Promise<Page>
  /** Ends the program as its menu does; resolves when its process has ended. */
  quit(): Promise<void>
}

function electronBinary(): { path: string } | { missing: string } {
  const pathFile = 'node_modules/electron/path.txt'
  const path = existsSync(pathFile) ? join('node_modules/electron/dist', readFileSync(pathFile, 'utf8').trim()) : undefined
  if (path === undefined || !existsSync(path)) return { missing: "Electron's binary is not installed" }
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return { missing: 'there is no display for Electron' }
  return { path }
}

const binary = electronBinary()

/** Both shells; `missing` = why this one cannot be tried here. */
export const shells = [
  { name: 'harness', missing: null },
  { name: 'Electron', missing: 'missing' in binary ? binary.missing : null },
] as const

type StartShell = (name: 'harness' | 'Electron', dataDir: string) => Promise<Shell>

export const test = harnessTest.extend<{
  startShell: StartShell
  /** A data folder of its own, gone afterwards. */
  folder: string
}>({
  startShell: async ({ start }, use) => {
    await use(async (name, dataDir) => {
      if (name === 'Electron') return startElectron('path' in binary ? binary.path : '', dataDir)
      const shell = await start({ dataDir })
      return { page: () => shell.page(), quit: async () => void (await shell.quit()) }
    })
  },
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants a pattern, even for nothing
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'keywheel-shell-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

async function startElectron(executablePath: string, dataDir: string): Promise<Shell> {
  const own = { KEYWHEEL_DATA_DIR: dataDir, KEYWHEEL_PROXY_PORT: '0', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
  const env = { ...process.env, ...own } as Record<string, string>
  const electron = await _electron.launch({ executablePath, args: ['.'], env })
  return {
    page: () => electron.firstWindow(),
    async quit() {
      const ended = new Promise((resolve) => electron.process().once('exit', resolve))
      await electron.evaluate(({ app }) => app.quit())
      await ended
    },
  }
}
