/** The strategies by name. */
import type { StrategyName } from '../types.ts'
import { LeastLatencyOrder } from './least-latency.ts'
import { LeastUsedOrder } from './least-used.ts'
import { LruOrder } from './lru.ts'
import type { Order, OrderTools } from './order.ts'
import { PriorityOrder } from './priority.ts'
import { RandomOrder } from './random.ts'
import { RoundRobinOrder } from './round-robin.ts'
import { WeightedOrder } from './weighted.ts'

const orders: Record<StrategyName, new (tools: OrderTools) => Order> = {
  random: RandomOrder,
  round_robin: RoundRobinOrder,
  least_used: LeastUsedOrder,
  lru: LruOrder,
  weighted: WeightedOrder,
  priority: PriorityOrder,
  // Sessions find their key before the order is asked (sessions.ts); a new one takes the least recently used.
  sticky: LruOrder,
  least_latency: LeastLatencyOrder,
}

export function createOrder(strategy: StrategyName, tools: OrderTools): Order {
  return new orders[strategy](tools)
}
