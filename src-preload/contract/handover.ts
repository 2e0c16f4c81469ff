/** The one message by which a page gives its preload a port (design: one port per document, nothing on `window`). */
export const handover = 'keywheel:port'
