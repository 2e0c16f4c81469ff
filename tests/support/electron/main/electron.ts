/** The module `electron` of the main process, as far as the program uses it; an import of anything else fails to link, by name. */
export { app } from './app.ts'
export { BrowserWindow } from './browser-window.ts'
export { Menu, Tray } from './menu.ts'
export { ipcMain } from './message-port.ts'
export { Notification } from './notification.ts'
export { protocol, session } from './session.ts'
export { clipboard, dialog, nativeImage, powerMonitor, screen, shell } from './small-parts.ts'
export { utilityProcess } from './utility-process.ts'
