/** Commands that come from the desktop's menu, tray and notifications. */
import { useEffect, useRef } from 'react'
import type { CommandId, LiveBatch } from '../../src-preload/contract/index.ts'
import { targetOf } from '../notices/notice-target.ts'
import { useApi } from '../queries/api.tsx'
import { navigate } from '../route.ts'
import type { CommandAction } from './use-commands.ts'

interface Asked {
  command: CommandId
  subject: string | null
}

const listeners = new Set<(asked: Asked) => void>()

/** Hands on what a batch asks for. */
export function hearCommands({ events }: LiveBatch): void {
  for (const event of events) if (event.type === 'command') for (const listener of listeners) listener(event)
}

export function useAskedCommands(commands: Record<CommandId, CommandAction>): void {
  const { client } = useApi()
  const latest = useRef(commands)
  useEffect(() => {
    latest.current = commands
  })
  useEffect(() => {
    const showNotice = async (id: string) => {
      const notice = (await client.notices.list()).find((each) => each.id === id)
      if (!notice) return latest.current['notices.show'].run()
      const { place, params } = targetOf(notice)
      navigate(place, params)
      await client.notices.read({ ids: [id] })
    }
    const listener = ({ command, subject }: Asked) => {
      if (command === 'go.keys' && subject !== null) navigate('keys', { pool: subject })
      // When Keywheel does not answer any more, a banner says so.
      else if (command === 'notices.show' && subject !== null) showNotice(subject).catch(() => undefined)
      else if (latest.current[command].available) latest.current[command].run()
    }
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [client])
}
