/** What calls cost, by the user's own prices in the settings and the table. */
import { createPricing, type Pricing } from '../providers/index.ts'
import type { Catalog } from './catalog.ts'

/** `ProxyDeps.cost`. A change of the prices holds from the next call on. */
export function pricingOf(catalog: Pick<Catalog, 'settings'>): Pricing {
  return createPricing(() => catalog.settings().prices)
}
