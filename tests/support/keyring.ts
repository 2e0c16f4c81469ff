/** A real gnome-keyring on a private D-Bus session, unlocked, locked or absent, for tests of the keychain. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

type KeyringState = 'unlocked' | 'locked' | 'absent'

export interface Keyring {
  /** Environment for child processes that shall see this keyring and nothing of the person's own session. */
  env: NodeJS.ProcessEnv
  /** Locks the collection; its entries stay. */
  lock(): Promise<void>
  /** Puts a daemon that knows the password in the place of the running one. */
  unlock(): Promise<void>
  /** Ends the keyring daemon, as a crash would. */
  kill(): Promise<void>
}

const programs = { bus: 'dbus-run-session', daemon: 'gnome-keyring-daemon', call: 'gdbus' }
const missing = Object.values(programs).filter(
  (program) => !(process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program))),
)

/** Why there can be no real keyring on this machine, or null. Put it in the title of what is skipped. */
export const noKeyring: string | null =
  process.platform === 'linux' ? (missing.length > 0 ? `not installed: ${missing.join(', ')}` : null) : 'Linux only'

/**
 * Runs `use` beside a keyring in a private HOME and XDG_RUNTIME_DIR (0700: without it the collection stays locked).
 * `locked` has a collection that is locked and nobody to ask for its password; `absent` has no D-Bus session at all.
 */
export async function withKeyring<T>(state: KeyringState, use: (keyring: Keyring) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'keywheel-keyring-'))
  const runtime = join(home, 'runtime')
  await mkdir(runtime)
  await chmod(runtime, 0o700)
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: runtime, LANG: 'C.UTF-8' }
  const running: ChildProcess[] = []
  try {
    if (state === 'absent') return await use({ env, lock: nothing, unlock: nothing, kill: nothing })
    env.DBUS_SESSION_BUS_ADDRESS = await startBus(env, running)
    let daemon = await startDaemon(env, running)
    const keyring: Keyring = {
      env,
      lock: () => lockCollection(env),
      unlock: async () => {
        await stop(daemon)
        daemon = await startDaemon(env, running)
      },
      kill: () => stop(daemon),
    }
    if (state === 'locked') await keyring.lock()
    return await use(keyring)
  } finally {
    for (const child of running.toReversed()) await stop(child)
    await rm(home, { recursive: true, force: true })
  }
}

const password = 'keyring of a test'
const nothing = async () => undefined

/** A session bus that starts no services by itself: a keyring that was killed stays away until it is started again. */
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

/** The bus lives as long as the standard input of what runs in it stays open. */
async function startBus(env: NodeJS.ProcessEnv, running: ChildProcess[]): Promise<string> {
  const script = 'printf "%s\\n" "$DBUS_SESSION_BUS_ADDRESS"; exec cat'
  const config = join(env.HOME ?? '', 'bus.conf')
  await writeFile(config, busConfig)
  const bus = spawn(programs.bus, ['--config-file', config, '--', 'sh', '-c', script], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  running.push(bus)
  return new Promise((resolve, reject) => {
    bus.once('error', reject)
    bus.once('exit', () => reject(new Error('dbus-run-session ended at once')))
    bus.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()))
  })
}

async function startDaemon(env: NodeJS.ProcessEnv, running: ChildProcess[]): Promise<ChildProcess> {
  const args = ['--foreground', '--replace', '--unlock', '--components=secrets']
  const daemon = spawn(programs.daemon, args, { env, stdio: ['pipe', 'ignore', 'ignore'] })
  running.push(daemon)
  daemon.stdin.end(password)
  // The name on the bus may still be that of the daemon before: ready is when the collection is open.
  while (!(await isUnlocked(env))) await setTimeout(50)
  return daemon
}

const target = ['--session', '--dest', 'org.freedesktop.secrets', '--object-path']
const collection = '/org/freedesktop/secrets/collection/login'

async function lockCollection(env: NodeJS.ProcessEnv): Promise<void> {
  const method = 'org.freedesktop.Secret.Service.Lock'
  const { code, text } = await run(['call', ...target, '/org/freedesktop/secrets', '--method', method, `['${collection}']`], env)
  if (code !== 0) throw new Error(`the keyring could not be locked: ${text}`)
}

async function isUnlocked(env: NodeJS.ProcessEnv): Promise<boolean> {
  const property = ['org.freedesktop.Secret.Collection', 'Locked']
  const { text } = await run(['call', ...target, collection, '--method', 'org.freedesktop.DBus.Properties.Get', ...property], env)
  return text.includes('<false>')
}

function run(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; text: string }> {
  const child = spawn(programs.call, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, text }))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  // A signal would make dbus-run-session leave its bus behind; it ends with its input.
  if (child.stdin?.writable) child.stdin.end()
  else child.kill('SIGTERM')
  await gone
}
