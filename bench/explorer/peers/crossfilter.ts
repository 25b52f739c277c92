/** The question over Crossfilter: a dimension and a group for each facet, for the day and for the text. In a worker. */
import crossfilter from 'crossfilter2'
import { fold } from '../../../src/base/text/fold.ts'
import { dayOf, FACETS, LISTED, LISTS, mostFirst, newestFirst, type Row, show, textOf } from '../question.ts'
import { answerFrom } from './worker.ts'

interface Held {
  readonly row: Row
  readonly slot: number
  readonly day: string
  readonly values: Readonly<Record<string, readonly string[]>>
}

answerFrom((rows) => {
  const visible = rows.filter(({ is_deleted }) => !is_deleted).sort(newestFirst)
  // Folded beforehand, beside the records.
  const texts = visible.map(textOf)
  const held = visible.map(
    (row, slot): Held => ({
      row,
      slot,
      day: dayOf(row),
      values: Object.fromEntries(Object.entries(FACETS).map(([name, valuesOf]) => [name, valuesOf(row)])),
    }),
  )
  const filter = crossfilter(held)
  const total = filter.groupAll().reduceCount()
  const slots = filter.dimension(({ slot }) => slot)
  const days = filter.dimension(({ day }) => day).group()
  const facets = Object.keys(FACETS).map((name) => {
    // A row has several values of some: a dimension of lists.
    const dimension = LISTS.includes(name)
      ? filter.dimension(({ values }) => values[name]!, true)
      : filter.dimension(({ values }) => values[name]![0] ?? '')
    return { name, dimension, group: dimension.group(), ticked: '[]' }
  })
  let searched = ''
  return ({ text, ticked }) => {
    for (const facet of facets) {
      const wanted = ticked[facet.name] ?? []
      const key = JSON.stringify(wanted)
      if (key === facet.ticked) continue
      facet.ticked = key
      if (wanted.length === 0) facet.dimension.filterAll()
      else facet.dimension.filterFunction((value) => wanted.includes(value as string))
    }
    if (text !== searched) {
      searched = text
      const terms = fold(text)
        .split(/\s+/)
        .filter((term) => term !== '')
      if (terms.length === 0) slots.filterAll()
      else slots.filterFunction((slot) => terms.every((term) => texts[slot as number]!.includes(term)))
    }
    return {
      count: total.value(),
      rows: slots.bottom(LISTED).map(({ row }) => show(row, text)),
      facets: Object.fromEntries(
        facets.map(({ name, group }) => [
          name,
          mostFirst(group.all().map(({ key, value }) => [key, value] as const)).filter(([value]) => value !== ''),
        ]),
      ),
      days: days.all().map(({ key, value }) => [key, value] as const),
    }
  }
})
