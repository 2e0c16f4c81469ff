/** Takes the page's port: one per web contents, only from the main frame of our own page, closed when that page is gone. */
import { ipcMain, type IpcMainEvent, type MessagePortMain, type WebContents } from 'electron'
import { handover } from '../../src-preload/contract/handover.ts'
import { isOwnFrame } from './security.ts'

export interface HandoverOptions {
  /** Serves the contract on a port; gives back what ends it. */
  serve(port: MessagePortMain): () => void
  /** The web contents that may hand over a port. */
  isOurs(contents: WebContents): boolean
  onRefused(why: string): void
}

/** Listens before any page is loaded, so that no port is missed. */
export function acceptPorts({ serve, isOurs, onRefused }: HandoverOptions): void {
  const serving = new Map<number, () => void>()
  const end = (contentsId: number) => {
    serving.get(contentsId)?.()
    serving.delete(contentsId)
  }
  ipcMain.on(handover, (event: IpcMainEvent) => {
    const [port, ...more] = event.ports
    const why = refusal(event, isOurs, port === undefined || more.length > 0)
    if (why !== undefined || port === undefined) {
      for (const each of event.ports) each.close()
      return onRefused(why ?? 'no port')
    }
    const { sender } = event
    if (!serving.has(sender.id)) {
      // Once per web contents: a page that is loaded anew hands over a port again, but its contents stay the same.
      sender.on('did-start-navigation', (details) => details.isMainFrame && !details.isSameDocument && end(sender.id))
      sender.on('render-process-gone', () => end(sender.id))
      sender.once('destroyed', () => end(sender.id))
    }
    end(sender.id)
    serving.set(sender.id, serve(port))
  })
}

function refusal(event: IpcMainEvent, isOurs: (contents: WebContents) => boolean, wrongPorts: boolean): string | undefined {
  if (wrongPorts) return 'not exactly one port'
  if (!isOurs(event.sender)) return 'not our window'
  if (event.senderFrame !== event.sender.mainFrame || !isOwnFrame(event.senderFrame)) return 'not the main frame of our page'
  return undefined
}
