/** The same test in the harness and, where Electron's binary and a display exist, in Electron itself. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type Page } from '@playwright/test'
import { test } from './test.ts'

/** What both shells can do. */
export interface Shell {
  page(): Promise<Page>
  /** Ends the program as its menu does; resolves when its process has ended. */
  quit(): Promise<void>
}

export interface ShellStart {
  dataDir: string
}

function electronBinary(): { path: string } | { missing: string } {
  const pathFile = 'node_modules/electron/path.txt'
  const path = existsSync(pathFile) ? join('node_modules/electron/dist', readFileSync(pathFile, 'utf8').trim()) : undefined
  if (path === undefined || !existsSync(path)) return { missing: "Electron's binary is not installed" }
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return { missing: 'there is no display for Electron' }
  return { path }
}

export function inEveryShell(title: string, body: (start: (options: ShellStart) => Promise<Shell>) => Promise<void>): void {
  test(`${title} (harness)`, async ({ start }) => {
    await body(async ({ dataDir }) => {
      const shell = await start({ dataDir })
      return { page: () => shell.page(), quit: async () => void (await shell.quit()) }
    })
  })
  const binary = electronBinary()
  test(`${title} (Electron)`, async () => {
    test.skip('missing' in binary, 'missing' in binary ? binary.missing : '')
    if ('path' in binary) await body((options) => startElectron(binary.path, options))
  })
}

async function startElectron(executablePath: string, { dataDir }: ShellStart): Promise<Shell> {
  const env = { ...process.env, KEYWHEEL_DATA_DIR: dataDir, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } as Record<string, string>
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

/** A folder of its own that is gone afterwards. */
export async function inFolder(use: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'keywheel-shell-'))
  try {
    await use(dataDir)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}
