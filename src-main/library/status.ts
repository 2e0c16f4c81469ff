/** How a call ended, in apipool's numbers: they are stored and travel to its server. */

export interface Status {
  readonly id: StatusId
  readonly description: string
}
export type StatusId = 1 | 5 | 9

const success: Status = { id: 1, description: 'success' }
const failed: Status = { id: 5, description: 'failed' }
const reachLimit: Status = { id: 9, description: 'reach limit' }
const all: readonly Status[] = [success, failed, reachLimit]

/** The three statuses, with apipool's helpers in camelCase. */
export const StatusCollection = {
  c1_Success: success,
  c5_Failed: failed,
  c9_ReachLimit: reachLimit,
  getSubclasses: (): Status[] => [...all],
  getStatusList: (): Status[] => [...all],
  getIdList: (): StatusId[] => all.map(({ id }) => id),
  getDescriptionList: (): string[] => all.map(({ description }) => description),
  getMapperIdToDescription: (): Map<StatusId, string> => new Map(all.map(({ id, description }) => [id, description])),
  getMapperDescriptionToId: (): Map<string, StatusId> => new Map(all.map(({ id, description }) => [description, id])),
} as const
