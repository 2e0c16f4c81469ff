/** Charts: the frame around each, and how one is read. */
import type { charts as english } from '../en/charts.ts'
import type { Words } from '../words.ts'

export const charts = {
  table: '表格',
  chart: '图表',
  asTable: '显示为表格',
  asChart: '显示为图表',
  csv: '保存为 CSV',
  use: '点击查看请求；拖动可放大一段时间。',
  keys: '方向键逐步读取；回车查看该步的请求；按住 Shift 加方向键选定一段，再按回车放大；Esc 返回。',
  marked: '已选定：{{stretch}}',
  nothing: '无',
  time: '时间',
  says: {
    busiest: '最多：{{text}}，{{time}}。',
    attempts: '{{text}} 次尝试，{{share}} 失败。',
  },
} as const satisfies Words<typeof english>
