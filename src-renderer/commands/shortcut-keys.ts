/** A shortcut as the caps of its keys, in the words of this machine. */
const mac = /mac|iphone|ipad/i.test(navigator.userAgent)

/** `mod+shift+P` → Ctrl, Shift, P (⌘, ⇧, P on a Mac). */
export function shortcutKeys(shortcut: string): string[] {
  return shortcut.split('+').map((key) => {
    if (key === 'mod') return mac ? '⌘' : 'Ctrl'
    if (key === 'shift') return mac ? '⇧' : 'Shift'
    return key
  })
}
