/** The definitions of the actions of one agent: an id, a name and labels. */
import type { ActionDefinition } from './events.ts'

/** Definitions by name and by id. */
export class ActionDefinitions {
  readonly #byName = new Map<string, ActionDefinition>()
  readonly #byId = new Map<number, ActionDefinition>()
  /** Those on record. Others were found in loaded rows, and may get another id next time. */
  readonly #recorded = new Set<number>()
  #greatest = 0

  /** How many there are. O(1). */
  get size(): number {
    return this.#byId.size
  }

  /** The greatest id that was given. */
  get greatestId(): number {
    return this.#greatest
  }

  /** The definition with this name. O(1). */
  named(name: string): ActionDefinition | undefined {
    return this.#byName.get(name)
  }

  /** The definition with this id. O(1). */
  get(id: number): ActionDefinition | undefined {
    return this.#byId.get(id)
  }

  /** Whether a name is on record with its id. O(1). */
  isRecorded(name: string): boolean {
    const known = this.#byName.get(name)
    return known !== undefined && this.#recorded.has(known.id)
  }

  /** Records a definition, in place of the one with its id or name. O(1). */
  define(action: ActionDefinition): void {
    this.#put(action)
    this.#recorded.add(action.id)
  }

  /**
   * The id of a name that was loaded, not recorded: the one that its rows give it, if that is free, else a new one, for as
   * long as this lives. O(1).
   */
  loaded(name: string, given?: number): number {
    const known = this.#byName.get(name)
    if (known !== undefined) return known.id
    const id = given !== undefined && !this.#byId.has(given) ? given : this.#greatest + 1
    this.#put({ id, name, display_name: name, description: '' })
    return id
  }

  /** All, by id. O(definitions x log definitions). */
  all(): readonly ActionDefinition[] {
    return [...this.#byId.values()].sort((a, b) => a.id - b.id)
  }

  /** Those on record, as they are now. */
  recorded(): readonly ActionDefinition[] {
    return this.all().filter(({ id }) => this.#recorded.has(id))
  }

  #put(action: ActionDefinition): void {
    const before = this.#byId.get(action.id)
    if (before !== undefined) this.#byName.delete(before.name)
    const twin = this.#byName.get(action.name)
    if (twin !== undefined) this.#byId.delete(twin.id)
    this.#byName.set(action.name, action)
    this.#byId.set(action.id, action)
    this.#greatest = Math.max(this.#greatest, action.id)
  }
}
