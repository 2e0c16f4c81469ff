/** `session` and `protocol`: what the program lets a page load, ask for and save. */
import { needsReady, needsUnready } from './host.ts'
import { LoudEmitter, loud } from './loud.ts'

type Model<K extends keyof Electron.Session> = Pick<Electron.Session, K>
type Parameter<K extends 'setPermissionRequestHandler' | 'setPermissionCheckHandler'> = NonNullable<
  Parameters<Electron.Session[K]>[0]
>
type BeforeRequest = (details: { url: string }, callback: (response: { cancel?: boolean }) => void) => void

const rules: {
  request: Parameter<'setPermissionRequestHandler'> | undefined
  check: Parameter<'setPermissionCheckHandler'> | undefined
  device: Parameters<Electron.Session['setDevicePermissionHandler']>[0] | undefined
  display: Parameters<Electron.Session['setDisplayMediaRequestHandler']>[0] | undefined
  before: BeforeRequest | undefined
} = { request: undefined, check: undefined, device: undefined, display: undefined, before: undefined }

const webRequest = {
  onBeforeRequest: (handler: BeforeRequest) => {
    rules.before = handler
  },
}

const model = {
  setPermissionRequestHandler: (handler) => void (rules.request = handler ?? undefined),
  setPermissionCheckHandler: (handler) => void (rules.check = handler ?? undefined),
  setDevicePermissionHandler: (handler) => void (rules.device = handler),
  setDisplayMediaRequestHandler: (handler) => void (rules.display = handler),
} satisfies Model<
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'setDisplayMediaRequestHandler'
>

export const sessionEvents = new LoudEmitter('session', ['will-download'])
const defaultSession = loud(
  'session.defaultSession',
  Object.assign(sessionEvents, model, { webRequest: loud('webRequest', webRequest) }),
)

export const session = loud('session', {
  get defaultSession() {
    needsReady('session.defaultSession')
    return defaultSession
  },
})

/** Electron lets everything through where the program has set no rule. */
export const asked = {
  isCancelled(url: string): boolean {
    let cancelled = false
    rules.before?.({ url }, ({ cancel = false }) => {
      cancelled = cancel
    })
    return cancelled
  },
  /** `permission` is any name; Electron's own types list them. */
  check: (permission: string, origin: string, isMainFrame: boolean) =>
    rules.check?.(null, permission as never, origin, { isMainFrame, requestingUrl: origin }) ?? true,
  request(permission: string, origin: string, isMainFrame: boolean): boolean {
    let granted: boolean | undefined
    if (!rules.request) return true
    rules.request({} as Electron.WebContents, permission as never, (answer) => (granted = answer), {
      isMainFrame,
      requestingUrl: origin,
    })
    if (granted === undefined) throw new Error(`nobody answered the request for ${permission}`)
    return granted
  },
  device: () => rules.device?.({ deviceType: 'usb', origin: 'app://bundle', device: {} as Electron.USBDevice }) ?? true,
  display(): unknown {
    let answer: unknown = 'unanswered'
    rules.display?.({} as Electron.DisplayMediaRequestHandlerHandlerRequest, (streams) => (answer = streams))
    return answer
  },
}

type Handler = (request: Request) => Response | Promise<Response>
const handlers = new Map<string, Handler>()
export const privileged: Electron.CustomScheme[] = []

const protocolModel = {
  registerSchemesAsPrivileged(schemes) {
    needsUnready('protocol.registerSchemesAsPrivileged')
    privileged.push(...schemes)
  },
  handle(scheme: string, handler: Handler) {
    needsReady('protocol.handle')
    handlers.set(scheme, handler)
  },
} satisfies Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>

export const protocol = loud('protocol', protocolModel)

/** Hands an address to the program's own handler, as Electron does. */
export async function fromScheme(url: string, method: string) {
  const handler = handlers.get('app')
  if (!handler) throw new Error('the program has not registered its scheme')
  const answer = await handler(new Request(url, { method }))
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: new Uint8Array(await answer.arrayBuffer()) }
}
