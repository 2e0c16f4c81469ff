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
  budget: {
    none: '无预算',
    per: '预算周期',
    perHelp: '每个周期重新开始。',
    periods: { day: '每天', month: '每月', total: '总共' },
    text: { day: '每天 {{money}}', month: '每月 {{money}}', total: '总共 {{money}}' },
  },
} as const satisfies Words<typeof english>
