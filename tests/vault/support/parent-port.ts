/** `--import` this in a child process: it looks to the program like Electron's utility process, with `process.parentPort` and no `process.send`. */
const send = process.send?.bind(process)

Object.assign(process, {
  parentPort: {
    on: (_event: 'message', listener: (event: { data: unknown }) => void) =>
      process.on('message', (data) => {
        listener({ data })
      }),
    postMessage: (message: unknown) => send?.(message),
  },
  send: undefined,
})
