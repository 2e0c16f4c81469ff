/** The strategies by name. */
import type { StrategyName } from '../types.ts'
import { LeastUsedOrder } from './least-used.ts'
import { LruOrder } from './lru.ts'
import type { Order, OrderTools } from './order.ts'
import { PriorityOrder } from './priority.ts'
import { RandomOrder } from './random.ts'
import { RoundRobinOrder } from './round-robin.ts'
import { WeightedOrder } from './weighted.ts'

export function createOrder(strategy: StrategyName, tools: OrderTools): Order {
  switch (strategy) {
    case 'random':
      return new RandomOrder(tools)
    case 'round_robin':
      return new RoundRobinOrder(tools)
    case 'least_used':
      return new LeastUsedOrder(tools)
    case 'lru':
      return new LruOrder(tools)
    case 'weighted':
      return new WeightedOrder(tools)
    case 'priority':
      return new PriorityOrder(tools)
  }
}
