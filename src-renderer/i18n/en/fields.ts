/** Words of fields that several sheets have. */
export const fields = {
  outbound: {
    system: 'As the system says (HTTPS_PROXY, NO_PROXY)',
    direct: 'Directly, by no proxy',
    proxy: 'By the proxy at…',
    address: '{{name}}: address of the proxy',
    addressHelp: 'http, https or socks5, without user and password.',
  },
  pools: {
    all: 'All pools, now and later',
    choose: 'Choose pools',
    none: 'Choose at least one pool.',
    gone: '{{slug}} (gone)',
  },
  quotas: {
    durations: {
      SECOND: 'a second',
      MINUTE: 'a minute',
      HOUR: 'an hour',
      DAY: 'a day',
      WEEK: 'a week',
      MONTH: 'a month',
      YEAR: 'a year',
    },
    per: {
      SECOND: 'Credits a second',
      MINUTE: 'Credits a minute',
      HOUR: 'Credits an hour',
      DAY: 'Credits a day',
      WEEK: 'Credits a week',
      MONTH: 'Credits a month',
      YEAR: 'Credits a year',
    },
    of: '{{used}} of {{credits}}',
    counted: '{{used}}, unlimited',
    spent: 'used up',
    renews: 'anew in {{time}}',
  },
  budget: {
    none: 'no budget',
    per: 'Budget for',
    perHelp: 'Starts anew with each of them.',
    periods: { day: 'each day', month: 'each month', total: 'its whole life' },
    text: { day: '{{money}} a day', month: '{{money}} a month', total: '{{money}} in all' },
  },
} as const
