/** The unified API: its routes, and the models behind it. */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import { ModelsCard } from './models-card.tsx'
import { type OpenRoute, RouteSheet } from './route-sheet.tsx'
import { RoutesCard } from './routes-card.tsx'

export function ModelsTab() {
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  const [open, setOpen] = useState<OpenRoute>(null)
  if (!pools) return <SkeletonRows />
  return (
    <Stack gap={12}>
      <RoutesCard
        pools={pools}
        onAdd={() => setOpen({ kind: 'new', model: '' })}
        onOpen={(route) => setOpen({ kind: 'edit', route })}
      />
      <ModelsCard onRoute={(model) => setOpen({ kind: 'new', model })} />
      <RouteSheet open={open} pools={pools} onClose={() => setOpen(null)} />
    </Stack>
  )
}
