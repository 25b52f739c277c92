/** Links of others that may be followed: to the web and to mail. */

/** The address, or null where it must not be a link: scripts, data, files, and addresses of this page's own host by a path alone. */
export function linkOf(address: unknown): string | null {
  if (typeof address !== 'string' || address.length > 8192) return null
  try {
    const { protocol, href } = new URL(address)
    return ['http:', 'https:', 'mailto:'].includes(protocol) ? href : null
  } catch {
    return null
  }
}

/** Whether a text has anything that Markdown would show otherwise. */
export function looksLikeMarkdown(text: string): boolean {
  return /[*_`#[\]|~<>]|^\s*(?:[-+]|\d+[.)])\s|https?:\/\/|\n\n/m.test(text)
}
