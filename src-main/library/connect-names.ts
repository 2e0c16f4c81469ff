/** apipool's names for the asynchronous twins: here they are the same functions. */
import { connect, connectWithStats, getConfig, getKeys } from './connect.ts'
import { login } from './service-login.ts'

export const asyncConnect = connect
export const asyncConnectWithStats = connectWithStats
export const alogin = login
export const agetKeys = getKeys
export const agetConfig = getConfig
