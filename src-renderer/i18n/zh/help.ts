/** Words of the help and of the walk through the window. */
import type { help as english } from '../en/help.ts'
import type { Words } from '../words.ts'

export const help: Words<typeof english> = {
  title: '帮助',
  shortcuts: '键盘快捷键',
  tour: {
    step: '{{number}} / {{total}}',
    next: '下一步',
    back: '上一步',
    done: '完成',
    leave: '离开',
    proxy: { title: '所有程序共用一个地址', text: '打开代理后，本机的每个程序都通过这个地址访问模型。' },
    keys: { title: '密钥归入密钥池', text: '密钥池为每次调用选出合适的密钥。这里显示哪些可用、哪些在冷却、原因以及何时恢复。' },
    traffic: { title: '实时查看每次调用', text: '哪个客户端发起、哪个密钥应答、之前尝试过什么、用时多久、费用多少。' },
    connect: { title: '允许调用的程序', text: '为程序创建令牌、复制代码片段，并设定它可以使用什么。' },
    search: { title: '查找并执行任何操作', text: '在这里可以找到密钥、密钥池、设置和所有命令。按 ? 查看快捷键和术语解释。' },
  },
  words: {
    title: '术语',
    key: { name: '密钥', text: '服务商发放的机密。它保存在钥匙串或保险库中，只会发往其密钥池的地址。' },
    pool: { name: '密钥池', text: '用于同一上游的一组密钥，以及分配它们的规则。' },
    account: { name: '账户', text: '在服务商处共用同一配额的密钥。它们共用限制与冷却。' },
    limit: { name: '限制', text: '一段时间内的请求数、Token 数或金额。由您设定、由服务商公布，或由 Keywheel 从拒绝中得知。' },
    coolDown: { name: '冷却', text: '暂时不使用某个密钥的时间，由服务商要求，或因多次被拒而定。' },
    lease: { name: '租用', text: '借给一次调用的密钥，连同该调用预计使用的那部分限制。' },
    attempt: { name: '尝试', text: '为一次调用试用的一个密钥。一次调用在得到应答前可能有多次尝试。' },
    client: { name: '客户端', text: '拥有自己令牌的程序。它永远看不到服务商的密钥。' },
    quota: { name: '配额', text: '客户端在一段时间内可以使用的点数，例如每天或每月。' },
    lane: { name: '通道', text: '交互式或后台。后台调用会把每项限制的一部分留给交互式调用。' },
    route: { name: '路由', text: '您自己取的模型名称，以及为它提供服务的密钥池和模型。' },
    fallback: { name: '回退', text: '所请求的模型没有可用密钥时，调用转到哪里。' },
    prompt: { name: '提示词', text: '保存的消息，带有变量，程序可以像地址一样调用。' },
    remote: { name: '远程服务器', text: '在这里使用其密钥池的 apipool 服务器或另一个 Keywheel。' },
    workspace: { name: '工作区', text: '各自独立的密钥池、客户端、设置和日志。每次只打开一个。' },
  },
}
