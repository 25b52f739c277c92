/** The table of filters in docs/filters.md, from the library's own. */

import { FILTERS, type Filter, type FilterName, SETTINGS } from '../../src/query/filters.ts'
import { FILTER_DOCS } from '../../src/wire/filters.docs.ts'

/** What methods hold for that take an object. */
const OBJECTS: Readonly<Record<string, string>> = {
  feedback: 'One feedback has all that is named.',
  message: 'One message has all that is named: `sender`, `contains`, `hasAttachments`.',
  action:
    'One run of an action has all that is named: `name`, `input`, `output`, `error`, `failed`, `longerThan`, `shorterThan`.',
}

/** The rows of `FILTERS` and `SETTINGS`, and what is a parameter or a method of its own. */
export function filterTable(): string {
  const filters = Object.entries<Filter>(FILTERS).flatMap(([method, filter]) => {
    const { parameter, alias, takesSeveral, object, options } = filter
    const names = [parameter, alias].filter((name) => name !== undefined)
    const doc = parameter === undefined ? OBJECTS[method]! : FILTER_DOCS[parameter as FilterName]
    const rows = [row(`.${method}(${takesSeveral ? 'v, …' : 'v'})`, names, doc)]
    if (options !== undefined) {
      const sender: FilterName = 'message_sender'
      rows.push(row(`.${method}(v, { sender })`, [...names, sender], FILTER_DOCS[sender]))
    } else if (object !== undefined) rows.push(row(`.${method}({ … })`, [], OBJECTS[object.field]!))
    return rows
  })
  const settings = Object.entries(SETTINGS).map(([name, { key }]) =>
    row(`.${key}(v)`, [name], FILTER_DOCS[name as FilterName]),
  )
  const compound = (['metadata', 'metadata_key', 'metadata_value', 'where'] as const).map((name) => {
    const methods = {
      metadata: '.metadata(path, v)',
      metadata_key: '',
      metadata_value: '',
      where: '.where(…)`, `.not(…)`, `.or(…)',
    }
    return row(methods[name], [name], FILTER_DOCS[name])
  })
  const within = row('.startedWithin({ days: 7 })', [], 'Started at most so long ago, counted when it is called.')
  return [
    '| builder | parameter | holds when |',
    '| --- | --- | --- |',
    ...filters,
    within,
    ...compound,
    ...settings,
  ].join('\n')
}

function row(method: string, parameters: readonly string[], doc: string): string {
  const code = (text: string) => (text === '' ? '' : `\`${text}\``)
  return `| ${code(method)} | ${parameters.map(code).join(', ')} | ${doc} |`
}
