/** The environments that a handler knows: production, development, and those that it is told of. */
import { invalidOption } from '../base/options.ts'

/** An environment that conversations may be in, besides production and development. */
export interface EnvironmentInput {
  /** As stored and as filters name it. */
  readonly slug: string
  /** For people; the slug when absent. */
  readonly name?: string
  /** False when absent. */
  readonly is_production?: boolean
}

/** An environment as `/api/me/` shows it. */
export interface Environment {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly is_production: boolean
}

const OWN: readonly Environment[] = [
  { id: 1, slug: 'production', name: 'Production', is_production: true },
  { id: 2, slug: 'development', name: 'Development', is_production: false },
]

/** All environments, each slug once. Throws `InvalidQueryError` naming the option. */
export function readEnvironments(given: readonly (string | EnvironmentInput)[]): readonly Environment[] {
  if (!Array.isArray(given)) throw invalidOption('environments', given, 'a list of slugs')
  const all = [...OWN]
  for (const environment of given) {
    const {
      slug,
      name = slug,
      is_production = false,
    } = typeof environment === 'string' ? { slug: environment } : (environment as EnvironmentInput)
    if (typeof slug !== 'string' || slug.trim() === '' || slug.trim() !== slug) {
      throw invalidOption('environments', slug, 'slugs that are strings without white space around them')
    }
    if (!all.some((other) => other.slug === slug)) all.push({ id: all.length + 1, slug, name, is_production })
  }
  return all
}

const SHORT = new Map([
  ['prod', 'production'],
  ['dev', 'development'],
])

/** The slug of the environment that a value names, by its short or long name in any case; undefined for none of these. */
export function environmentOf(value: unknown, environments: readonly Environment[]): string | undefined {
  const given = typeof value === 'string' ? value.trim().toLowerCase() : ''
  const slug = SHORT.get(given) ?? given
  return environments.find((environment) => environment.slug.toLowerCase() === slug)?.slug
}
