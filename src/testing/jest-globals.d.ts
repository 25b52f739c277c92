/** What is used of Jest's packages, so that an install of this project needs none of them. Their own types are tested in `test/types/runners`. */
declare module '@jest/globals' {
  export const expect: { extend(matchers: object): void }
}
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> {}
  interface AsymmetricMatchers {}
}
