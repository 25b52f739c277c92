import { readFileSync } from 'node:fs'

/** What a user of the core gets, minified and compressed. Chunks that only `import()` asks for are reported apart, by `npm run size`. */
export default [
  {
    name: 'import { ConversationStore }',
    path: 'dist/index.js',
    import: '{ ConversationStore }',
    // The aim is 16 kB; `npm run size` tells what weighs. This keeps it from growing unseen.
    limit: '47 kB',
    gzip: true,
    modifyEsbuildConfig(config) {
      return { ...config, format: 'esm', target: 'es2022', plugins: [leaveDynamicImports] }
    },
  },
  {
    name: 'conversation-store/react, beside React and the core',
    path: 'dist/react.js',
    limit: '2 kB',
    gzip: true,
    modifyEsbuildConfig(config) {
      return { ...config, format: 'esm', target: 'es2022', external: ['react'], plugins: [leaveTheCore] }
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

/** Leaves out the chunks that importing the core loads at once. */
const leaveTheCore = {
  name: 'leave-the-core',
  setup(build) {
    const core = new Set()
    const add = (file) => {
      if (core.has(file)) return
      core.add(file)
      for (const [, chunk] of readFileSync(`dist/${file}`, 'utf8').matchAll(/from "\.\/([^"]+)"/g)) add(chunk)
    }
    add('index.js')
    build.onResolve({ filter: /^\.\// }, ({ path }) => (core.has(path.slice(2)) ? { path, external: true } : undefined))
  },
}
