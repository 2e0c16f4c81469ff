/** The call that tries a model. */
import { os } from './implementer.ts'

export const playground = {
  run: os.playground.run.handler(({ context, input, signal }) => context.services.playground.run(input, signal)),
}
