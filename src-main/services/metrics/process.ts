/** This process itself, under the names that dashboards know. By hand: prom-client's own keeps a sampler of the event loop running. */
import { performance } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'

export function addProcessMetrics(register: Registry): void {
  const registers = [register]
  const gauge = (name: string, help: string, read: () => number) =>
    void new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  void new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system time, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  gauge('process_start_time_seconds', 'When it started, in seconds since 1970.', () => performance.timeOrigin / 1000)
  gauge('process_resident_memory_bytes', 'Memory that it holds.', () => process.memoryUsage.rss())
  gauge('nodejs_heap_size_used_bytes', 'Of it, what JavaScript uses.', () => process.memoryUsage().heapUsed)
  let last = performance.eventLoopUtilization()
  gauge('nodejs_eventloop_utilization', 'Part of the time since the last look in which the event loop was busy.', () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  })
}
