/** Puts the probe into a page as it begins. The driver has set `probing` before. */
import { startProbe } from './probe.ts'
import { READERS } from './readers.ts'

declare global {
  /** Which page this is, and the count of all its rows as it writes them. */
  var probing: { readonly reader: string; readonly total: string }
  var probe: import('./probe.ts').Probe
}

globalThis.probe = startProbe(READERS[probing.reader]!, probing.total)
