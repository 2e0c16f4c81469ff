/** Runs before a utility process's own file and gives it `process.parentPort`. */
const parentPort = {
  on(event: string, listener: (event: { data: unknown; ports: [] }) => void) {
    if (event !== 'message') throw new Error(`electron: the event "${event}" of parentPort is not modelled by the harness`)
    process.on('message', (data) => listener({ data, ports: [] }))
  },
  postMessage: (message: unknown) => process.send?.(message),
}
Object.assign(process, { parentPort, type: 'utility' })
