/** What the shell itself says, outside of the page: menu, tray, notifications; in English and Chinese. */
import type { NoticeKind, ProxyStatus } from '../../src-preload/contract/index.ts'
import type { MenuCommand } from './command-menu.ts'

export type Language = 'en' | 'zh'

export interface Words {
  menus: Record<'file' | 'go' | 'view' | 'help', string>
  commands: Record<MenuCommand, string>
  zoom: Record<'in' | 'out' | 'reset', string>
  states: Record<ProxyStatus['state'], string>
  tray: Record<'on' | 'off' | 'copy' | 'pools' | 'open' | 'quit', string> & { counts: (ready: number, cooling: number) => string }
  pool: (name: string, ready: number, total: number) => string
  notices: Record<NoticeKind, string>
  /** The same of several keys at once, where it reads differently. */
  joined: Partial<Record<NoticeKind, string>>
  /** Several keys, of a pool or (null) of none. */
  keys: (count: number, pool: string | null) => string
  many: (count: number) => string
}

const en: Words = {
  menus: { file: 'File', go: 'Go', view: 'View', help: 'Help' },
  commands: {
    'keys.add': 'Add Keys…',
    'pools.add': 'Make a Pool…',
    'transfer.import': 'Import…',
    'transfer.export': 'Export…',
    'go.settings': 'Settings…',
    'go.overview': 'Overview',
    'go.keys': 'Keys',
    'go.traffic': 'Traffic',
    'go.connect': 'Connect',
    'go.playground': 'Playground',
    'palette.open': 'Search and Commands…',
    'notices.show': 'Notices',
    'tasks.show': 'Tasks',
    'proxy.toggle': 'Proxy On or Off',
    'privacy.toggle': 'Privacy Mode On or Off',
    'theme.toggle': 'Next Theme',
    'density.toggle': 'Dense or Comfortable',
    'help.shortcuts': 'Keyboard Shortcuts',
    'go.welcome': 'Welcome',
    'diagnostics.copy': 'Copy Diagnostics',
  },
  zoom: { in: 'Larger', out: 'Smaller', reset: 'Actual Size' },
  states: {
    off: 'Proxy off',
    starting: 'Proxy starting…',
    on: 'Proxy on',
    degraded: 'Proxy on, no key is ready',
    stopping: 'Proxy stopping…',
    error: 'Proxy could not start',
  },
  tray: {
    on: 'Switch proxy on',
    off: 'Switch proxy off',
    copy: 'Copy address',
    pools: 'Pools',
    open: 'Open Keywheel',
    quit: 'Quit',
    counts: (ready, cooling) => `${ready} ready, ${cooling} cooling`,
  },
  pool: (name, ready, total) => `${name}: ${ready} of ${total} ready`,
  notices: {
    'key-invalid': 'A key is refused by its provider',
    'pool-dry': 'A pool has no ready key',
    'budget-near': 'Four fifths of a budget are spent',
    'budget-spent': 'A budget is used up',
    'approval-pending': 'A program asks for a token',
    'runway-short': 'A limit ends within the hour',
    'backup-failed': 'The backup failed',
  },
  joined: {
    'key-invalid': 'Keys are refused by their provider',
    'budget-near': 'Four fifths of budgets are spent',
    'budget-spent': 'Budgets are used up',
    'runway-short': 'Limits end within the hour',
  },
  keys: (count, pool) => (pool === null ? `${count} keys` : `${count} keys of ${pool}`),
  many: (count) => `${count} things need you`,
}

const zh: Words = {
  menus: { file: '文件', go: '前往', view: '视图', help: '帮助' },
  commands: {
    'keys.add': '添加密钥…',
    'pools.add': '新建池…',
    'transfer.import': '导入…',
    'transfer.export': '导出…',
    'go.settings': '设置…',
    'go.overview': '概览',
    'go.keys': '密钥',
    'go.traffic': '流量',
    'go.connect': '接入',
    'go.playground': '试用台',
    'palette.open': '搜索与命令…',
    'notices.show': '通知',
    'tasks.show': '任务',
    'proxy.toggle': '开启或关闭代理',
    'privacy.toggle': '开启或关闭隐私模式',
    'theme.toggle': '下一个主题',
    'density.toggle': '紧凑或宽松',
    'help.shortcuts': '键盘快捷键',
    'go.welcome': '欢迎页',
    'diagnostics.copy': '复制诊断信息',
  },
  zoom: { in: '放大', out: '缩小', reset: '实际大小' },
  states: {
    off: '代理已关闭',
    starting: '代理正在启动…',
    on: '代理已开启',
    degraded: '代理已开启，没有就绪的密钥',
    stopping: '代理正在停止…',
    error: '代理无法启动',
  },
  tray: {
    on: '开启代理',
    off: '关闭代理',
    copy: '复制地址',
    pools: '池',
    open: '打开 Keywheel',
    quit: '退出',
    counts: (ready, cooling) => `${ready} 个就绪，${cooling} 个冷却中`,
  },
  pool: (name, ready, total) => `${name}：${total} 个中 ${ready} 个就绪`,
  notices: {
    'key-invalid': '密钥被服务商拒绝',
    'pool-dry': '池中没有可用密钥',
    'budget-near': '预算已用五分之四',
    'budget-spent': '预算已用完',
    'approval-pending': '有程序请求令牌',
    'runway-short': '限额将在一小时内用完',
    'backup-failed': '备份失败',
  },
  joined: {},
  keys: (count, pool) => (pool === null ? `${count} 个密钥` : `${pool} 的 ${count} 个密钥`),
  many: (count) => `有 ${count} 件事需要您处理`,
}

export const words: Readonly<Record<Language, Words>> = { en, zh }

/** `locale` is the system's, such as `zh-CN`. */
export function languageFor(setting: 'system' | Language, locale: string): Language {
  if (setting !== 'system') return setting
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}
