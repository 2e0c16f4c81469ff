/** The secrets of an open vault, in buffers of their own that are wiped when the vault closes. */
import type { StoredSecret } from './record.ts'

export interface Held {
  secret: Buffer
  audience: readonly string[]
  createdAt: number
  revision: number
}

/** Secrets by key id. JavaScript's strings cannot be wiped, so one is made only when it is asked for. */
export class SecretMemory {
  readonly #held = new Map<string, Held>()
  readonly #damaged = new Map<string, number>()

  get size(): number {
    return this.#held.size
  }

  /** Keys whose record cannot be read. */
  get damaged(): string[] {
    return [...this.#damaged.keys()]
  }

  put(id: string, revision: number, { secret, audience, createdAt }: StoredSecret): void {
    this.delete(id)
    const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(secret))
    bytes.write(secret)
    this.#held.set(id, { secret: bytes, audience: [...audience], createdAt, revision })
  }

  putDamaged(id: string, revision: number): void {
    this.#damaged.set(id, revision)
  }

  isDamaged(id: string): boolean {
    return this.#damaged.has(id)
  }

  get(id: string): Held | undefined {
    return this.#held.get(id)
  }

  /** The revision on disk, damaged or not; 0 when there is none. */
  revisionOf(id: string): number {
    return this.#held.get(id)?.revision ?? this.#damaged.get(id) ?? 0
  }

  delete(id: string): void {
    this.#held.get(id)?.secret.fill(0)
    this.#held.delete(id)
    this.#damaged.delete(id)
  }

  wipe(): void {
    for (const held of this.#held.values()) held.secret.fill(0)
    this.#held.clear()
    this.#damaged.clear()
  }
}
