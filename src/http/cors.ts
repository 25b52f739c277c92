/** The origins whose pages may call. */

const ORIGIN = /^([a-z][a-z\d+.-]*):\/\/([^\s/?#@\\*]*)\/?$/i

/**
 * The origin that a string names, as browsers send it: `https://app.example.com`, `chrome-extension://<id>`,
 * `tauri://localhost`. `undefined` for anything else, such as a URL with a path or a host with `*`,
 * which would never be equal.
 *
 * Schemes other than the web's are read by hand, for runtimes disagree about the host of such a URL.
 */
export function originOf(text: string): string | undefined {
  const [, scheme, host] = ORIGIN.exec(text) ?? []
  if (scheme === undefined) return undefined
  if (!/^https?$/i.test(scheme)) return `${scheme.toLowerCase()}://${host}`
  try {
    return new URL(text).origin
  } catch {
    return undefined
  }
}
