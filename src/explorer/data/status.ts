/** How far an opening is before it has begun. */
import type { SourceKind, Status } from './contract.ts'

export function emptyStatus(kind: SourceKind, name: string): Status {
  return {
    phase: 'starting',
    source: { kind, name },
    rows: 0,
    progress: null,
    ms: null,
    faults: [],
    faultCount: 0,
    failure: null,
    limit: null,
    keeping: 'impossible',
    isOffline: false,
  }
}
