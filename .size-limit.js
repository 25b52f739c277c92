import { readFileSync } from 'node:fs'

/** What users get, minified and compressed. `npm run size` tells what weighs, and what chunks that only `import()` asks for do. */
export default [
  // The aims are 26 and 47 kB; these keep what there is from growing unseen.
  ...[
    ['core', '46.5 kB'],
    ['index', '82.5 kB'],
  ].map(([entry, limit]) => ({
    name: `import { ConversationStore } of ${entry}`,
    path: `dist/${entry}.js`,
    import: '{ ConversationStore }',
    limit,
    gzip: true,
    modifyEsbuildConfig(config) {
      return { ...config, logLevel: 'error', format: 'esm', target: 'es2022', plugins: [leaveDynamicImports] }
    },
  })),
  {
    // Alone, without strings that it shares with the store: beside it, in one file, 10.7 kB. The aim is 8.
    name: 'readSnapshotSync of conversation-store/snapshot, beside the store',
    path: 'dist/snapshot.js',
    import: '{ readSnapshotSync }',
    limit: '12.5 kB',
    gzip: true,
    modifyEsbuildConfig(config) {
      return { ...config, logLevel: 'error', format: 'esm', target: 'es2022', plugins: [leaveTheCore] }
    },
  },
  // The aim is 10 kB each: assertions read the messages of every framework, and tell of every miss.
  ...[
    ['testing', '{ createRecorder, steps, counter }', '6.1 kB'],
    ['testing', '{ createRecorder, steps, counter, recordedTools, replay }', '11 kB'],
    ['testing', '{ generateConversations, createFetch }', '6 kB'],
    ['testing/assert', undefined, '15.2 kB'],
  ].map(([entry, names, limit]) => ({
    name: `${names === undefined ? '' : `import ${names} of `}conversation-store/${entry}, beside the store`,
    path: `dist/${entry}.js`,
    ...(names === undefined ? {} : { import: names }),
    limit,
    gzip: true,
    modifyEsbuildConfig(config) {
      return { ...config, logLevel: 'error', format: 'esm', target: 'es2022', plugins: [leaveTheCore] }
    },
  })),
  {
    name: 'conversation-store/react, beside React and the core',
    path: 'dist/react.js',
    limit: '2 kB',
    gzip: true,
    modifyEsbuildConfig(config) {
      return {
        ...config,
        logLevel: 'error',
        format: 'esm',
        target: 'es2022',
        external: ['react'],
        plugins: [leaveTheCore],
      }
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
      for (const [, chunk] of readFileSync(`dist/${file}`, 'utf8').matchAll(/(?:from|import) ?"\.\/([^"]+)"/g))
        add(chunk)
    }
    add('index.js')
    build.onResolve({ filter: /^\.\.?\// }, ({ path }) =>
      core.has(path.replace(/^\.\.?\//, '')) ? { path, external: true } : undefined,
    )
  },
}
