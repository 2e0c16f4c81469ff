/** Puts messages together into turns: what the same side says twice running is one turn. */
import type { Part, Turn } from '../types.ts'

export class TurnList {
  readonly turns: Turn[] = []
  readonly #toolNames = new Map<string, string>()

  add(role: Turn['role'], parts: readonly Part[]): void {
    if (parts.length === 0) return
    for (const part of parts) if (part.kind === 'tool-call') this.#toolNames.set(part.id, part.name)
    const last = this.turns.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else this.turns.push({ role, parts: [...parts] })
  }

  get empty(): boolean {
    return this.turns.length === 0
  }

  /** The tool that was called under this id; null = none was. */
  toolName(callId: string): string | null {
    return this.#toolNames.get(callId) ?? null
  }
}
