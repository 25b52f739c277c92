/** Snapshots of `test/data`, which are bundled as their bytes. */
declare module '*.snap' {
  const bytes: Uint8Array
  export default bytes
}
