/** Words of fields that several sheets have. */
export const fields = {
  outbound: {
    system: 'As the system says (HTTPS_PROXY, NO_PROXY)',
    direct: 'Directly, by no proxy',
    proxy: 'By the proxy at…',
    address: '{{name}}: address of the proxy',
    addressHelp: 'http, https or socks5, without user and password.',
  },
  budget: {
    none: 'no budget',
    per: 'Budget for',
    perHelp: 'Starts anew with each of them.',
    periods: { day: 'each day', month: 'each month', total: 'its whole life' },
    text: { day: '{{money}} a day', month: '{{money}} a month', total: '{{money}} in all' },
  },
} as const
