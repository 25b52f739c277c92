/** What is mutated, and the tests that are to notice it. */
export const FOLDERS = {
  'src/query': ['unit/query/*', 'unit/cursor', 'unit/reference', 'property/params.property'],
  'src/engine/pages': ['unit/engine/pages/*', 'property/cursor.property'],
  'src/engine/sets': ['unit/engine/sets/*'],
  'src/engine/segments': ['unit/engine/segments/*', 'property/history.property'],
  'src/engine/terms': ['unit/engine/terms/*', 'property/history.property'],
  'src/engine/text': ['unit/engine/text/*', 'property/answers.property'],
  'src/engine': ['unit/engine/*', 'unit/features/explain', 'unit/reference', 'property/{answers,work}.property'],
  'src/features/live': ['unit/features/live', 'property/live.property'],
  'src/node/journal': ['node/journal/*'],
  'src/worker': ['worker/*'],
}
