/** Takes the page's port: one per web contents, only from the main frame of our own page, closed when that page is gone. */
import { type IpcMainEvent, ipcMain, type MessagePortMain, type WebContents, type WebFrameMain } from 'electron'
import { handover } from '../../src-preload/contract/handover.ts'
import { isPage } from './origin.ts'

export interface HandoverOptions {
  /** Serves the contract on a port; gives back what ends it. */
  serve: (port: MessagePortMain) => () => void
  /** The web contents that may hand over a port. */
  isOurs: (contents: WebContents) => boolean
  /** `refused` = how many there were so far. */
  onRefused: (why: string, refused: number) => void
}

/** Listens before any page is loaded, so that no port is missed. */
export function acceptPorts({ serve, isOurs, onRefused }: HandoverOptions): void {
  const serving = new Map<number, () => void>()
  const watched = new WeakSet<WebContents>()
  let refused = 0

  const end = (id: number) => {
    serving.get(id)?.()
    serving.delete(id)
  }
  // A page that is loaded anew hands over a port again, but its contents stay the same: watched once.
  const watch = (contents: WebContents) => {
    if (watched.has(contents)) return
    watched.add(contents)
    const { id } = contents
    // Not when a navigation starts: one that is refused starts as well, and leaves the page as it was.
    contents.on('did-navigate', () => end(id))
    contents.on('render-process-gone', () => end(id))
    contents.once('destroyed', () => end(id))
  }
  ipcMain.on(handover, (event: IpcMainEvent) => {
    const [port] = event.ports
    const why = refusal(event, isOurs)
    if (why !== undefined || !port) {
      for (const each of event.ports) each.close()
      refused += 1
      return onRefused(why ?? 'no port', refused)
    }
    watch(event.sender)
    end(event.sender.id)
    serving.set(event.sender.id, serve(port))
  })
}

function refusal({ ports, sender, senderFrame }: IpcMainEvent, isOurs: HandoverOptions['isOurs']): string | undefined {
  if (ports.length !== 1) return 'not exactly one port'
  if (sender.isDestroyed() || !isOurs(sender)) return 'not our window'
  if (!isOwnFrame(senderFrame) || senderFrame !== sender.mainFrame) return 'not the main frame of our page'
  return undefined
}

function isOwnFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isPage(frame.url)
}
