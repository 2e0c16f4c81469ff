/** Placeholders of the same size as what comes, so that nothing jumps. */
import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Rows of a list or table. `height` in pixels. */
export function SkeletonRows({ rows = 8, height = 28 }: { rows?: number; height?: number }) {
  const { t } = useTranslation()
  return (
    <Stack gap={8} aria-busy>
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} animate={false} />
      ))}
    </Stack>
  )
}

/** One block, such as a chart. `height` in pixels. */
export function SkeletonBlock({ height }: { height: number }) {
  return <Skeleton height={height} animate={false} aria-busy />
}
