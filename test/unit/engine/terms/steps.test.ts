import { describe, expect, test } from 'vitest'
import { finish, STEP_NUMBERS, type Steps, stepwise } from '../../../../src/engine/terms/steps.ts'

describe('stepwise', () => {
  /** The ranges that are gone through in each step. */
  function stepsOf(count: number): [number, number][][] {
    const steps: [number, number][][] = [[]]
    const all = stepwise(count, (from, to) => steps.at(-1)!.push([from, to]))
    while (!all.next().done) steps.push([])
    return steps
  }

  test('all numbers once, so many in each step', () => {
    expect(STEP_NUMBERS).toBe(65_536)
    expect(stepsOf(0)).toEqual([[]])
    expect(stepsOf(1)).toEqual([[[0, 1]]])
    expect(stepsOf(65_536)).toEqual([[[0, 65_536]]])
    expect(stepsOf(65_537)).toEqual([[[0, 65_536]], [[65_536, 65_537]]])
  })
})

describe('finish', () => {
  test('does all steps and gives what comes of them', () => {
    const done: string[] = []
    function* steps(): Steps<number> {
      done.push('one')
      yield
      done.push('two')
      return 7
    }
    expect([finish(steps()), done]).toEqual([7, ['one', 'two']])
  })
})
