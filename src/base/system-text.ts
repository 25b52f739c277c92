/** What went wrong, in the system's words without its code, its call and a full stop: `no space left on device`. */
export function systemText(error: unknown): string {
  const { message } = Object(error) as { readonly message?: unknown }
  return String(typeof message === 'string' ? message : error)
    .replace(/^E[A-Z0-9]+: /, '')
    .replace(/, [a-z]+( '.*)?$/s, '')
    .replace(/\.$/, '')
}
