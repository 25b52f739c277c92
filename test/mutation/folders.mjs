/**
 * What is mutated, the tests that are to notice it, and the slower ones that are asked about what those left. `isIsolated`:
 * modules are loaded anew for each fault.
 */
export const FOLDERS = {
  'src/query': { first: ['unit/query/*', 'unit/cursor', 'unit/reference'], more: ['property/params.property'] },
  'src/engine/pages': { first: ['unit/engine/pages/*'], more: ['property/cursor.property'] },
  'src/engine/sets': { first: ['unit/engine/sets/*'], more: [] },
  'src/engine/columns': {
    first: ['unit/engine/columns/*', 'unit/features/aggregate'],
    more: ['property/aggregate.property', 'unit/features/{facets,histogram}'],
  },
  'src/engine/segments': { first: ['unit/engine/{segments/*,pages/ordered}'], more: [] },
  'src/engine/terms': { first: ['unit/engine/{terms/*,kinds,search-term}'], more: [] },
  'src/engine/text': { first: ['unit/engine/text/*'], more: [] },
  'src/engine': { first: ['unit/engine/*', 'unit/features/explain', 'unit/reference'], more: [] },
  'src/features/live': { first: ['unit/features/live'], more: ['property/live.property'] },
  'src/features/why-empty': { first: ['unit/features/why-empty'], more: [] },
  'src/features/turns': { first: ['unit/features/turns'], more: [] },
  'src/testing': {
    first: ['unit/testing/{matchers,arguments,subjects,failures,edges}'],
    more: ['unit/testing/assert'],
  },
  'src/node/journal': { first: ['node/journal/{reading,repair}'], more: ['node/journal/{journal,place,public}'] },
  // Its tests load modules twice on purpose.
  'src/worker': { first: ['worker/*'], more: [], isIsolated: true },
}
