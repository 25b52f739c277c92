/** The matchers as `expect.extend` takes them. The message says it all: no runner has to print values again. */
import { matchers } from './matchers.ts'
import type { MatcherResult } from './types.ts'

type Extended = Pick<MatcherResult, 'pass' | 'message'>
type Extension = { readonly [Name in keyof typeof matchers]: (...args: unknown[]) => Extended | Promise<Extended> }

export const extension: Extension = Object.fromEntries(
  Object.entries(matchers).map(([name, match]) => {
    const extend = ({ pass, message }: MatcherResult): Extended => ({ pass, message })
    return [
      name,
      (...args: unknown[]) => {
        const result = (match as (...args: unknown[]) => MatcherResult | Promise<MatcherResult>)(...args)
        return result instanceof Promise ? result.then(extend) : extend(result)
      },
    ]
  }),
) as unknown as Extension
