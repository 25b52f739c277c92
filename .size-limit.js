/** What a user of the core gets, minified and compressed. Chunks that only `import()` asks for are reported apart, by `npm run size`. */
export default [
  {
    name: 'import { ConversationStore }',
    path: 'dist/index.js',
    import: '{ ConversationStore }',
    // The aim is 14 kB; `npm run size` tells what weighs. This keeps it from growing unseen.
    limit: '30 kB',
    gzip: true,
    modifyEsbuildConfig(config) {
      return { ...config, format: 'esm', target: 'es2022', plugins: [leaveDynamicImports] }
    },
  },
]

const leaveDynamicImports = {
  name: 'leave-dynamic-imports',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}
