/** What the program under test and the test say to each other: calls with answers, both ways, over Node's process channel. */

/** How the program is started. */
export interface ShellOptions {
  packaged: boolean
  /** Without: making a tray throws, as where the desktop has none. */
  tray: boolean
  /** Whether this process is the first of its folder. */
  first: boolean
  /** Switches and arguments after the program's name. */
  args: string[]
  /** The main bundle. */
  entry: string
  /** Milliseconds in which it must have been evaluated. */
  deadlockMs: number
}

/** A message of a port, as text; what is not JSON is marked. */
export type Encoded = { json: unknown } | { undefined: true } | { bytes: number[] }

export interface FrameFacts {
  url: string
  isMain: boolean
}

interface PageRequest {
  url: string
  method: string
  headers: Record<string, string>
  /** Set when the request would put another document into a frame and the page itself asked for it. */
  navigates: FrameFacts | null
}

export type PageAnswer = { cancelled: string } | { status: number; headers: Record<string, string>; body: Uint8Array }

/** One window as the program made it. */
interface WindowFacts {
  id: number
  options: { show?: boolean; webPreferences?: Record<string, unknown> }
  visible: boolean
  destroyed: boolean
  maximised: boolean
  zoom: number
  bounds: { x: number; y: number; width: number; height: number }
}

export interface MenuFacts {
  label: string
  role: string
  enabled: boolean
  submenu: MenuFacts[]
}

/** Everything of the shell that a person could see. */
export interface ShellFacts {
  windows: WindowFacts[]
  tray: { toolTip: string; menu: MenuFacts[] } | null
  menu: MenuFacts[]
  clipboard: string
  /** Addresses given to the person's browser. */
  opened: string[]
  /** Error boxes, title and text. */
  errorBoxes: string[]
  /** Calls whose order matters, such as `app.enableSandbox`. */
  calls: string[]
  /** Shown by the desktop, the oldest first. */
  notifications: { title: string; body: string }[]
  helpers: { path: string; pid: number }[]
  schemes: { scheme: string; privileges: Record<string, boolean> }[]
}

/** What the test may ask of the program's process. */
export interface MainSide {
  request(windowId: number, request: PageRequest): PageAnswer
  /** A document was put into the main frame, or its address changed within the document. */
  navigated(windowId: number, url: string, sameDocument: boolean): void
  readyToShow(windowId: number): void
  rendererGone(windowId: number, reason: string): void
  opensWindow(windowId: number, url: string): string
  downloads(windowId: number, url: string): { prevented: boolean }
  ipc(windowId: number, message: { channel: string; data: Encoded; ports: number[]; frame: 'main' | FrameFacts | null }): void
  portMessage(port: number, data: Encoded): void
  portClosed(port: number): void
  permission(kind: 'check' | 'request', permission: string, details: { origin: string; isMainFrame: boolean }): boolean
  /** Emits an event of app, powerMonitor, tray or a window's contents; gives back whether its default was prevented and what its callbacks got. */
  emit(target: 'app' | 'powerMonitor' | 'tray' | 'contents' | 'window', event: string): { prevented: boolean; answers: unknown[] }
  clickTray(label: string): void
  /** Chooses an item of the application menu by its label, wherever it is. */
  clickMenu(label: string): void
  /** Clicks the newest notification. */
  clickNotification(): void
  /** Runs every timer that was set for exactly so many ms, as if they had passed. */
  pass(ms: number): number
  /** How many such timers there are. */
  waiting(ms: number): number
  /** How many of them have run so far, by themselves or because they were passed. */
  timersRun(ms: number): number
  /** Asks the handler of the program's scheme for an address as it is. */
  fetchScheme(
    url: string,
    method: string,
  ): { status: number; headers: Record<string, string>; body: Uint8Array } | { thrown: string }
  setClipboard(text: string): void
  /** What the session says to a request for this address, to a device and to a screen. */
  isCancelled(url: string): boolean
  isDeviceAllowed(): boolean
  sharedScreen(): unknown
  facts(): ShellFacts
  closeWindow(): void
  /** As a person does: the window is moved and sized, or maximised. */
  placeWindow(place: { x: number; y: number; width: number; height: number } | 'maximised'): void
  reloadWindow(): void
  quit(): void
}

/** What the program's process may ask of the test. */
export interface PageSide {
  openWindow(windowId: number, preload: string): void
  load(windowId: number, url: string): Promise<void>
  reload(windowId: number): Promise<void>
  closeWindow(windowId: number): Promise<void>
  portPost(port: number, data: Encoded): void
  portClose(port: number): void
  /** Told at each change, because the last one may come just before the end. */
  clipboardIs(text: string): void
}

type Callable = (...args: never[]) => unknown
type Answer<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never
type Args<F> = F extends (...args: infer A) => unknown ? A : never

export type Caller<Remote> = <K extends keyof Remote & string>(name: K, ...args: Args<Remote[K]>) => Promise<Answer<Remote[K]>>

interface Channel {
  send(message: object): void
  listen(onMessage: (message: unknown) => void): void
}

type Message = { call: string; id: number; args: unknown[] } | { id: number; value: unknown } | { id: number; thrown: string }

/** Answers calls with `handlers` and gives back what calls the other side. Calls begin in the order in which they were made. */
export function connect<Remote>(channel: Channel, handlers: object): Caller<Remote> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let nextId = 1

  const answer = async (id: number, name: string, args: unknown[]) => {
    try {
      const handler = (handlers as Record<string, Callable | undefined>)[name]
      if (!handler) throw new Error(`there is no ${name}`)
      channel.send({ id, value: await handler.apply(handlers, args as never[]) })
    } catch (error) {
      channel.send({ id, thrown: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  channel.listen((received) => {
    const message = received as Message
    if ('call' in message) return void answer(message.id, message.call, message.args)
    const caller = waiting.get(message.id)
    waiting.delete(message.id)
    if ('thrown' in message) caller?.reject(new Error(message.thrown))
    else caller?.resolve(message.value)
  })
  return (name: string, ...args: unknown[]) =>
    new Promise((resolve, reject) => {
      const id = nextId++
      waiting.set(id, { resolve, reject })
      channel.send({ call: name, id, args })
    })
}
