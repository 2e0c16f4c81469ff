/** What the overview says needs a person. */
import { describe, expect, it } from 'vitest'
import type { ProxyStatus, VaultStatus } from '../../src-preload/contract/index.ts'
import { attentionOf } from '../../src-renderer/screens/overview/attention.ts'
import { proxyOn } from './build-proxy.ts'
import { pool } from './build-rows.ts'

const vault: VaultStatus = {
  mode: 'sealed',
  state: 'unlocked',
  reason: null,
  message: 'The vault is open.',
  slots: [],
  keychain: { available: false, message: null },
  records: 0,
}
const proxy: ProxyStatus = proxyOn
const keys = { total: 0, ready: 0, cooling: 0, exhausted: 0, invalid: 0, disabled: 0, unchecked: 0 }
const kinds = (rows: ReturnType<typeof attentionOf>) => rows.map((row) => row.kind)

describe('needs attention', () => {
  it('is empty while everything works', () => {
    expect(attentionOf({ vault, proxy, pools: [pool()], ending: [] }, undefined)).toEqual([])
  })

  it('names a locked vault and a failed proxy first, with the mend they carry', () => {
    const rows = attentionOf(
      {
        vault: { ...vault, state: 'locked', reason: 'PASSPHRASE_NEEDED', message: 'Give the passphrase.' },
        proxy: {
          ...proxy,
          state: 'error',
          url: null,
          reason: { code: 'PORT_TAKEN', message: 'Port 8787 is in use.', nextPort: 8788 },
        },
        pools: [pool({ keys: { ...keys, total: 3, ready: 2, invalid: 1 } })],
        ending: [],
      },
      undefined,
    )
    expect(kinds(rows)).toEqual(['vault-locked', 'proxy-error', 'invalid-keys'])
    expect(rows[0]).toMatchObject({ message: 'Give the passphrase.' })
    expect(rows[1]).toMatchObject({ nextPort: 8788 })
  })

  it('does not cry while the vault is just opening', () => {
    expect(
      attentionOf({ vault: { ...vault, state: 'locked', reason: 'OPENING' }, proxy, pools: [], ending: [] }, undefined),
    ).toEqual([])
  })

  it('tells keys that wait for trust, and a pool that has nothing to hand out', () => {
    const rows = attentionOf(
      { vault, proxy, pools: [pool({ untrustedKeys: 2, keys: { ...keys, total: 2, cooling: 1, exhausted: 1 } })], ending: [] },
      undefined,
    )
    expect(rows).toEqual([
      { kind: 'no-ready-key', pool: 'main', name: 'Main', cooling: 2 },
      { kind: 'untrusted-keys', pool: 'main', name: 'Main', count: 2 },
    ])
  })

  it('takes unchecked keys for usable and an empty pool for what it is', () => {
    const pools = [pool({ keys: { ...keys, total: 1, unchecked: 1 } }), pool({ slug: 'empty', keys })]
    expect(attentionOf({ vault, proxy, pools, ending: [] }, undefined)).toEqual([])
  })

  it('leaves out other pools when one is chosen', () => {
    const pools = [pool({ keys: { ...keys, total: 2, ready: 1, invalid: 1 } }), pool({ slug: 'other' })]
    expect(attentionOf({ vault, proxy, pools, ending: [] }, 'other')).toEqual([])
  })

  it('puts the worst first over all pools; limits that end within the hour are the least of it', () => {
    const pools = [
      pool({ slug: 'a', name: 'A', keys: { ...keys, total: 2, ready: 1, invalid: 1 } }),
      pool({ slug: 'b', name: 'B', untrustedKeys: 1 }),
      pool({ slug: 'c', name: 'C', keys: { ...keys, total: 1, cooling: 1 } }),
    ]
    const ending = [{ pool: 'a', accounts: 2, account: 'team', endsAt: 5 }]
    const rows = attentionOf({ vault, proxy, pools, ending }, undefined)
    expect(kinds(rows)).toEqual(['no-ready-key', 'untrusted-keys', 'invalid-keys', 'runway-short'])
    expect(rows.at(-1)).toEqual({ kind: 'runway-short', pool: 'a', name: 'A', accounts: 2, account: 'team', endsAt: 5 })
    expect(kinds(attentionOf({ vault, proxy, pools, ending }, 'c'))).toEqual(['no-ready-key'])
  })
})
