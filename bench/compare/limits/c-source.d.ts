/** C files are bundled as their text. */
declare module '*.c' {
  const source: string
  export default source
}
