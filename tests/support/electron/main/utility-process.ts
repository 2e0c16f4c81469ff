/** `utilityProcess`: a real process of Node in which `process.parentPort` is what Electron gives it. */
import { type ChildProcess, fork as forkNode } from 'node:child_process'
import { needsReady } from './host.ts'
import { LoudEmitter, loud } from './loud.ts'

const boot = new URL('./utility-boot.ts', import.meta.url).href
export const helpers: { path: string; child: ChildProcess }[] = []

class UtilityProcess extends LoudEmitter {
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    super('UtilityProcess', ['spawn', 'exit', 'message'])
    this.#child = child
    child.on('message', (message) => this.emit('message', message))
    child.once('exit', (code) => this.emit('exit', code ?? 0))
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object, () => undefined)
  }

  kill(): boolean {
    return this.#child.kill('SIGKILL')
  }
}
UtilityProcess.prototype satisfies Pick<Electron.UtilityProcess, 'postMessage' | 'kill'>

export const utilityProcess = loud('utilityProcess', {
  fork(path: string, args: string[] = [], { stdio, serviceName, ...others }: Electron.ForkOptions = {}) {
    needsReady('utilityProcess.fork')
    const unknown = Object.keys(others)
    if (unknown.length > 0)
      throw new Error(`electron: the options ${unknown.join(', ')} of utilityProcess.fork are not modelled by the harness`)
    if (stdio !== 'ignore' || serviceName === undefined)
      throw new Error('electron: only a named, silent utility process is modelled')
    const child = forkNode(path, args, {
      execArgv: ['--import', boot],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.unref()
    helpers.push({ path, child })
    return loud('UtilityProcess', new UtilityProcess(child))
  },
})
// Electron ends them with the program.
process.on('exit', () => helpers.forEach(({ child }) => child.kill('SIGKILL')))
