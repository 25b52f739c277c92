/** The options that say a query: one for every wire parameter, made from the table of filters. */
import { InvalidArgumentError, Option } from 'commander'
import { COMPARISONS, PARAMETER_NAMES, PARAMETERS, SETTINGS } from '../query/filters.ts'
import { boolean, itemsOf, type ValueType } from '../query/values.ts'
import { FILTER_DOCS, LOOKUP_DOCS } from '../wire/filters.docs.ts'

/** A wire parameter as an option: `started_at_after` is `--started-at-after`, `customer_id__in` is `--customer-id--in`. */
class WireOption extends Option {
  readonly #parameter: string

  constructor(parameter: string) {
    const type = typeOf(parameter)
    const doc = docOf(parameter)
    super(`${optionName(parameter)} <${placeholder(type)}>`, doc)
    this.#parameter = parameter
    this.hideHelp(doc === undefined)
    this.argParser<string>((value, before) => readValue(parameter, type, value, before))
  }

  /** The key among the parsed options: the wire parameter. */
  override attributeName(): string {
    return this.#parameter
  }
}

/** Every wire parameter as an option. Those of FIELD`__`LOOKUP are not shown one by one. */
export function wireOptions(): Option[] {
  const names = new Set([...Object.keys(FILTER_DOCS), ...PARAMETER_NAMES])
  return Array.from(names, (name) => new WireOption(name))
}

/** What the options are that `wireOptions` does not show one by one. */
export function describeLookups(): string {
  const fields = new Map<string, string[]>()
  for (const [field, lookups] of Object.entries(COMPARISONS)) {
    const names = Object.keys(lookups).filter((lookup) => PARAMETERS.has(`${field}__${lookup}`))
    if (names.length === 0) continue
    const key = names.join(', ')
    fields.set(key, [...(fields.get(key) ?? []), field.replaceAll('_', '-')])
  }
  const lines = Array.from(fields, ([lookups, names]) => `  ${names.join(', ')}:\n    ${lookups}`)
  const meanings = Object.entries(LOOKUP_DOCS).map(([lookup, doc]) => `    ${lookup.padEnd(12)}${doc}`)
  const example = '--customer-id--istartswith c- or --ended-at--isnull true'
  return ['Any other comparison is --FIELD--LOOKUP, such as', `  ${example}`, ...lines, '  where', ...meanings].join(
    '\n',
  )
}

/** The option of a wire parameter, as a person types it. */
export function optionName(parameter: string): string {
  return `--${parameter.replaceAll('_', '-')}`
}

/**
 * The arguments with every option name in dashes (`--is_marked` is taken too) and a `true` beside a yes-or-no option that
 * has no value, so that `--is-marked chats.ndjson` does not take the file for one.
 */
export function normalizeArguments(args: readonly string[]): string[] {
  const normal: string[] = []
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!
    if (argument === '--') return [...normal, ...args.slice(i)]
    const [, name, value = ''] = /^(--[^=]+)(=.*)?$/s.exec(argument) ?? []
    const dashed = name?.replaceAll('_', '-')
    if (dashed === undefined) normal.push(argument)
    else if (value === '' && YES_NO.has(dashed) && !/^(true|false|1|0)$/i.test(args[i + 1] ?? ''))
      normal.push(`${dashed}=true`)
    else {
      normal.push(dashed + value)
      // What follows is its value, whatever it looks like.
      if (value === '' && VALUED.has(dashed) && i + 1 < args.length) normal.push(args[++i]!)
    }
  }
  return normal
}

const VALUED: ReadonlySet<string> = new Set(PARAMETER_NAMES.map(optionName))
const YES_NO: ReadonlySet<string> = new Set(PARAMETER_NAMES.filter((name) => typeOf(name) === boolean).map(optionName))

function typeOf(parameter: string): ValueType | undefined {
  return (
    PARAMETERS.get(parameter)?.value ?? (SETTINGS as Readonly<Record<string, { value: ValueType }>>)[parameter]?.value
  )
}

function docOf(parameter: string): string | undefined {
  return (FILTER_DOCS as Readonly<Record<string, string>>)[parameter]
}

function placeholder(type: ValueType | undefined): string {
  if (type === boolean) return 'yes'
  return type?.choices !== undefined && type.choices.length <= 4 ? type.choices.join('|') : 'value'
}

/** A value as the wire has it. What the wire would silently not apply is refused: here someone typed it. */
function readValue(parameter: string, type: ValueType | undefined, value: string, before: string | undefined): string {
  const isEmptyList = parameter.endsWith('__in') && itemsOf(value).length === 0
  if (isEmptyList || (value.trim() === '' && type?.isTyped !== true))
    throw new InvalidArgumentError('It is empty: leave the option out.')
  if (before === undefined) return value
  if (parameter === 'metadata') return `${before},${value}`
  throw new InvalidArgumentError('It was given twice.')
}
