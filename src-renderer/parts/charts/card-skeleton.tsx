/** A chart that is not there yet, of the same height. */
import { SkeletonBlock } from '../skeletons.tsx'

const height = 345

export function CardSkeleton() {
  return <SkeletonBlock height={height} />
}
