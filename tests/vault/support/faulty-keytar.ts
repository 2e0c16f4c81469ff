/** Stands in for keytar inside the real helper, and fails in the way that the account's name says. */
const entries = new Map<string, string>()
let running = 0
let most = 0

async function get(account: string): Promise<string | null> {
  running++
  most = Math.max(most, running)
  try {
    return await behave(account)
  } finally {
    running--
  }
}

async function behave(account: string): Promise<string | null> {
  switch (account) {
    case 'hang':
      return new Promise(() => undefined)
    case 'block':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      return null
    case 'crash':
      process.kill(process.pid, 'SIGSEGV')
      return new Promise(() => undefined)
    case 'exit':
      process.exit(0)
      return null
    case 'refuse':
      throw new Error('Cannot create an item in a locked collection')
    case 'pid':
      return String(process.pid)
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, 20))
      return String(most)
    default:
      return entries.get(account) ?? null
  }
}

const keytar = {
  getPassword: (_service: string, account: string) => get(account),
  setPassword: (_service: string, account: string, value: string) => {
    entries.set(account, account === 'short' ? value.slice(0, 4) : value)
    return Promise.resolve()
  },
  deletePassword: (_service: string, account: string) => Promise.resolve(entries.delete(account)),
}

// oxlint-disable-next-line import/no-default-export -- as a CommonJS package looks from here
export default keytar
