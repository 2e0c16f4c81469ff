/** All texts, one file per area. */
import { charts } from './charts.ts'
import { clients } from './clients.ts'
import { common } from './common.ts'
import { connect } from './connect.ts'
import { errors } from './errors.ts'
import { fields } from './fields.ts'
import { gateway } from './gateway.ts'
import { help } from './help.ts'
import { keys } from './keys.ts'
import { limits } from './limits.ts'
import { overview } from './overview.ts'
import { playground } from './playground.ts'
import { pools } from './pools.ts'
import { servers } from './servers.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { traffic } from './traffic.ts'
import { welcome } from './welcome.ts'

export const zh = {
  charts,
  clients,
  common,
  connect,
  errors,
  fields,
  gateway,
  help,
  keys,
  limits,
  overview,
  playground,
  pools,
  servers,
  settings,
  shell,
  traffic,
  welcome,
} as const
