/** The product's mark, as on its icon. */
import icon from '../../resources/icon.svg?no-inline'

export function Logo({ size = 26 }: { size?: number }) {
  // The name stands beside it.
  return <img src={icon} width={size} height={size} alt="" />
}
