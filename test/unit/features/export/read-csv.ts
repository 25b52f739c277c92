/** A reader of CSV as RFC 4180 has it, one character at a time; it shares nothing with the writer. */

/** The records of a text, each a list of cells. Throws where the text is no CSV. */
export function readCSV(text: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let cell = ''
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  const endCell = () => {
    record.push(cell)
    cell = ''
    state = 'start'
  }
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]!
    if (state === 'quoted') {
      if (unit === '"') state = 'closed'
      else cell += unit
    } else if (state === 'closed' && unit === '"') {
      cell += unit
      state = 'quoted'
    } else if (unit === '"') {
      if (state !== 'start') throw new Error(`A quote inside a cell without quotes, at ${at}.`)
      state = 'quoted'
    } else if (unit === ',') {
      endCell()
    } else if (unit === '\r' && text[at + 1] === '\n') {
      at++
      endCell()
      records.push(record)
      record = []
    } else if (unit === '\n' || unit === '\r' || state === 'closed') {
      throw new Error(`${JSON.stringify(unit)} is no part of a cell without quotes, at ${at}.`)
    } else {
      cell += unit
      state = 'plain'
    }
  }
  if (state !== 'start' || record.length > 0) throw new Error('The last record has no line end.')
  return records
}
