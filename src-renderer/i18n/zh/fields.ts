/** Words of fields that several sheets have. */
import type { fields as english } from '../en/fields.ts'
import type { Words } from '../words.ts'

export const fields = {
  outbound: {
    system: '按系统设置（HTTPS_PROXY、NO_PROXY）',
    direct: '直连，不使用代理',
    proxy: '使用此代理…',
    address: '{{name}}：代理地址',
    addressHelp: 'http、https 或 socks5，不含用户名和密码。',
  },
  pools: { all: '所有池，包括以后的', choose: '选择池', none: '请至少选择一个池。', gone: '{{slug}}（已不存在）' },
  quotas: {
    durations: {
      SECOND: '每秒',
      MINUTE: '每分钟',
      HOUR: '每小时',
      DAY: '每天',
      WEEK: '每周',
      MONTH: '每月',
      YEAR: '每年',
    },
    per: {
      SECOND: '每秒额度',
      MINUTE: '每分钟额度',
      HOUR: '每小时额度',
      DAY: '每天额度',
      WEEK: '每周额度',
      MONTH: '每月额度',
      YEAR: '每年额度',
    },
    of: '{{used}} / {{credits}}',
    counted: '{{used}}，不限',
    spent: '已用完',
    renews: '{{time}} 后重置',
  },
  budget: {
    none: '无预算',
    per: '预算周期',
    perHelp: '每个周期重新开始。',
    periods: { day: '每天', month: '每月', total: '总共' },
    text: { day: '每天 {{money}}', month: '每月 {{money}}', total: '总共 {{money}}' },
  },
} as const satisfies Words<typeof english>
