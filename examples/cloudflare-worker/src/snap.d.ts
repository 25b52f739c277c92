declare module '*.snap' {
  const bytes: ArrayBuffer
  export default bytes
}
