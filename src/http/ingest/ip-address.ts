/** IP addresses, as they are written. */

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`)
const IPV6_SIGNS = /^[\da-f:.]{2,45}$/i

/** Whether a string is an IPv4 or IPv6 address. O(1). */
export function isIpAddress(text: string): boolean {
  return IPV4.test(text) || (IPV6_SIGNS.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`))
}
