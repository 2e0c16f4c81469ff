/** Passwords: hashed with scrypt, compared in constant time, few at once. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

export interface Passwords {
  /** What may be stored: parameters, salt and hash in one text. */
  hash(password: string): Promise<string>
  /** Whether it is this one. `stored` null = there is no such user: costs the same, and is false. */
  matches(password: string, stored: string | null): Promise<boolean>
}

interface Cost {
  N: number
  r: number
  p: number
}

export type Derive = (password: string, salt: Uint8Array, length: number, options: ScryptOptions) => Promise<Uint8Array>

/** 32 MiB and about 80 ms a try; logins are throttled as well. */
const cost: Cost = { N: 2 ** 15, r: 8, p: 1 }
const hashBytes = 32
/** Each takes 32 MiB and a thread of the pool that file accesses need as well. */
const atOnce = 2

export function createPasswords(derive: Derive = nodeScrypt): Passwords {
  const turn = limited(atOnce)
  const hashOf = (password: string, salt: Uint8Array, { N, r, p }: Cost) =>
    turn(() => derive(password.normalize('NFKC'), salt, hashBytes, { N, r, p, maxmem: 256 * N * r }))
  return {
    async hash(password) {
      const salt = randomBytes(16)
      const hash = await hashOf(password, salt, cost)
      const { N, r, p } = cost
      return ['scrypt', `N=${N},r=${r},p=${p}`, salt.toString('base64url'), Buffer.from(hash).toString('base64url')].join('$')
    },
    async matches(password, stored) {
      const known = stored === null ? null : parsed(stored)
      const { salt, hash, of } = known ?? { salt: randomBytes(16), hash: randomBytes(hashBytes), of: cost }
      const same = timingSafeEqual(await hashOf(password, salt, of), hash)
      return same && known !== null
    },
  }
}

function parsed(stored: string): { salt: Buffer; hash: Buffer; of: Cost } {
  const match = /^scrypt\$N=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored)
  if (match === null) throw new Error('a stored password cannot be read')
  const [, N = '', r = '', p = '', salt = '', hash = ''] = match
  return {
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
    of: { N: Number(N), r: Number(r), p: Number(p) },
  }
}

const nodeScrypt: Derive = (password, salt, length, options) =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, hash) => (error ? reject(error) : resolve(hash)))
  })

/** Runs at most so many at once; the others wait, in their order. */
function limited(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
