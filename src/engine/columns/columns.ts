/** All columns of numbers of a store, made when first asked for. They stand in `Indexes`, so what keeps indexes in step keeps them too. */
import { LastN } from '../../base/last-n.ts'
import type { MetadataPath } from '../../query/spec.ts'
import { type NumberField, ROW_NUMBERS } from '../../row/numbers.ts'
import { valueAt } from '../terms/fields.ts'
import { type EachNumber, NumberColumn } from './number-column.ts'

/** The columns of the numbers of a row, and of the metadata paths that were asked for last. */
export class Columns {
  readonly #fields = new Map<string, NumberColumn>()
  readonly #paths: LastN<string, NumberColumn>

  /** `most`: how many metadata paths are kept. */
  constructor(most: number) {
    this.#paths = new LastN(most)
  }

  /** The column of a number of the row, or of the numbers at a metadata path: of a list each of its numbers, -0 as it is. */
  numbers(source: NumberField | MetadataPath): NumberColumn {
    const [kept, each] =
      typeof source === 'string' ? [this.#fields, numberOf(source)] : ([this.#paths, numbersAt(source)] as const)
    const key = `numbers:${typeof source === 'string' ? source : JSON.stringify(source)}`
    const column = kept.get(key) ?? new NumberColumn(key, each)
    kept.set(key, column)
    return column
  }

  /** All columns that were ever asked for and are kept. */
  all(): NumberColumn[] {
    return [...this.#fields.values(), ...this.#paths.values()]
  }
}

function numberOf(field: NumberField): EachNumber {
  const of = ROW_NUMBERS[field]
  return (row, emit) => {
    const value = of(row)
    if (value !== null) emit(value)
  }
}

function numbersAt(path: MetadataPath): EachNumber {
  return (row, emit) => {
    for (const value of [valueAt(row, path)].flat()) if (typeof value === 'number') emit(value)
  }
}
