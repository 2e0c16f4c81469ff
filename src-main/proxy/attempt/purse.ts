/** The money that one call has set aside from the budgets of its pool and its client. */
import type { ProxyClient, SetAside, Spending } from '../types.ts'

export type Spent = Extract<ReturnType<Spending['reserve']>, { kind: 'spent' }>

export class Purse {
  readonly #spending: Spending
  readonly #client: string
  #held: { pool: string; aside: SetAside } | null = null

  constructor(spending: Spending, client: Pick<ProxyClient, 'id'>) {
    this.#spending = spending
    this.#client = client.id
  }

  /** Sets `nanos` aside for that pool, once; what was set aside for another one is given back. Null = it is there. */
  take(pool: string, nanos: number): Spent | null {
    if (this.#held?.pool === pool) return null
    this.settle(0)
    const taken = this.#spending.reserve(pool, this.#client, nanos)
    if (taken.kind === 'spent') return taken
    this.#held = { pool, aside: taken }
    return null
  }

  /** What the call really cost; null = unknown. */
  settle(nanos: number | null): void {
    this.#held?.aside.settle(nanos)
    this.#held = null
  }
}
