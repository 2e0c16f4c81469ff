/** The door of this room. */
export { readAnswer } from './answer.ts'
export { modelFallbacks, type QualityChains, qualityChains } from './models.ts'
export { noResult, runTask, type TaskEnd } from './run.ts'
export {
  type Ask,
  type FailureKind,
  type Reply,
  TaskInputError,
  type TaskOptions,
  type TaskQuality,
  type TaskResult,
  type TaskTool,
  type ThinkingConfig,
  taskQualities,
} from './types.ts'
