/** The file of a chart. */
import { expect, it } from 'vitest'
import { figuresCsv } from '../../src-renderer/parts/charts/figures.ts'

const text = (value: number | null) => String(value)

it('has machine names, plain numbers, empty cells for what is not known, and no formulas', () => {
  const csv = figuresCsv({
    head: { label: 'Key', names: ['key', 'key_id'] },
    columns: [
      { name: 'cost_usd', label: 'Cost', text, filed: (nanos) => nanos / 1e9 },
      { name: 'calls', label: 'Calls', text },
    ],
    rows: [
      { id: '1', label: 'a', href: null, filed: ['=cmd|x', 'k1'], cells: [{ value: 1_500_000 }, { value: 2 }] },
      { id: '2', label: 'b', href: null, filed: ['a, "b"', 'k2'], cells: [{ value: null }] },
    ],
  })
  expect(csv.split('\r\n')).toEqual(['key,key_id,cost_usd,calls', `"'=cmd|x",k1,0.0015,2`, '"a, ""b""",k2,,'])
})
