/** What an attack is, and how it says what came of it. */
import type { Server } from './server.ts'

/** What an attack found. */
export interface Found {
  /** What was answered, in a few words. */
  readonly answered: string
  /** What is wrong with it, if anything is. */
  readonly wrong?: string | undefined
}

/** Where an attack is made. */
export interface Scene {
  /** An open server with the rows, which a bystander uses meanwhile. */
  readonly server: Server
  /** A folder of its own, for files. */
  readonly folder: string
  readonly isShort: boolean
}

/** One attack. */
export interface Attack {
  readonly name: string
  /** Whether the bystander's times say nothing of it: it is made on servers of its own, or is an honest load. */
  readonly isApart?: boolean
  run(scene: Scene): Promise<Found>
}
