/** How calls leave this machine. */
import { z } from 'zod'

/** `system` = what the environment says (HTTPS_PROXY, NO_PROXY, …), `direct` = none, or the proxy's address. It takes no user and password. */
export const outbound = z.union([
  z.enum(['system', 'direct']),
  z
    .string()
    .max(2048)
    .regex(
      /^(https?|socks5h?):\/\/[^\s/@]+\/?$/,
      'give system, direct, or an address such as http://proxy:3128 or socks5://127.0.0.1:1080',
    ),
])
export type Outbound = z.infer<typeof outbound>
