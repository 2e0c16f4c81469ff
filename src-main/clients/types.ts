/** A program that may use the proxy. */
export interface ClientIdentity {
  id: string
  name: string
  /** Null = every pool. */
  pools: readonly string[] | null
}
