/** The terms that a row has in each field. */
import { describe, expect, test } from 'vitest'
import type { Row } from '../../../../src/engine/segments/documents.ts'
import { PRESENT, type TermValue } from '../../../../src/engine/terms/dictionary.ts'
import {
  FIELDS_OF_FEW_VALUES,
  feedbackTerm,
  itemsAt,
  scalarsAt,
  TERM_FIELDS,
  valueAt,
} from '../../../../src/engine/terms/fields.ts'
import type { Extract } from '../../../../src/engine/terms/inverted.ts'
import { readConversation } from '../../../../src/row/read.ts'

function rowOf(more: object): Row {
  const raw = { id: 1, conversation_id: 'c1', started_at: '2026-01-05', ...more }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

function termsOf(extract: Extract, more: object): TermValue[] {
  const terms: TermValue[] = []
  extract(rowOf(more), (term) => terms.push(term))
  return terms
}

const said = (more: object = {}) => ({ sender: 'agent', content: '', ...more })

describe('fields of one value', () => {
  test('the value is the term, null where there is none', () => {
    expect(termsOf(TERM_FIELDS.device, { device: 'tv' })).toEqual(['tv'])
    expect(termsOf(TERM_FIELDS.device, {})).toEqual([null])
    expect(termsOf(TERM_FIELDS.conversation_id, {})).toEqual(['c1'])
    expect(termsOf(TERM_FIELDS.is_used, { is_used: false })).toEqual([false])
  })

  test('a short name of an environment is the full one', () => {
    const termOf = (environment: string | null) => termsOf(TERM_FIELDS.environment, { environment })
    expect(['prod', 'dev', 'production', 'staging', null].map(termOf)).toEqual([
      ['production'],
      ['development'],
      ['production'],
      ['staging'],
      [null],
    ])
  })
})

describe('fields of messages and feedbacks', () => {
  test('each action by its name; null without one, an empty one or one that is null', () => {
    const named = (...names: (string | null)[]) => ({ messages: names.map((action_name) => said({ action_name })) })
    expect(termsOf(TERM_FIELDS.action_name, named('look', '', 'find', null))).toEqual(['look', 'find'])
    expect(termsOf(TERM_FIELDS.action_name, named('', null))).toEqual([null])
    expect(termsOf(TERM_FIELDS.action_name, {})).toEqual([null])
  })

  test('each sender once, null without messages', () => {
    const messages = ['agent', 'end_user', 'agent'].map((sender) => said({ sender }))
    expect(termsOf(TERM_FIELDS.message_sender, { messages })).toEqual(['agent', 'end_user'])
    expect(termsOf(TERM_FIELDS.message_sender, {})).toEqual([null])
  })

  test('whether runs failed, null without runs', () => {
    const action_logs = [{ error_message: 'lost' }, { error_message: '' }, { error_message: 'lost' }]
    expect(termsOf(TERM_FIELDS.action_failed, { messages: [said({ action_logs })] })).toEqual([true, false])
    expect(termsOf(TERM_FIELDS.action_failed, { messages: [said({ action_name: 'look' })] })).toEqual([false])
    expect(termsOf(TERM_FIELDS.action_failed, { messages: [said()] })).toEqual([null])
    const { failed_action } = TERM_FIELDS
    const pay = said({ action_name: 'pay', action_logs })
    expect(termsOf(failed_action, { messages: [pay, pay, said({ action_name: 'look' })] })).toEqual(['pay'])
    expect(termsOf(failed_action, { messages: [said({ action_logs })] })).toEqual([])
    expect(termsOf(failed_action, { messages: [said({ action_name: 'look' })] })).toEqual([null])
  })

  test('whether there is any', () => {
    expect(termsOf(TERM_FIELDS.has, {})).toEqual([])
    expect(termsOf(TERM_FIELDS.has, { messages: [said()] })).toEqual(['messages'])
    expect(termsOf(TERM_FIELDS.has, { feedbacks: [{ sentiment: 'neutral' }] })).toEqual(['feedback'])
  })

  test('a feedback by its sentiment, its source and both; an absent source is the customer, null is none', () => {
    const termsFor = (more: object) =>
      termsOf(TERM_FIELDS.feedback, { feedbacks: [{ sentiment: 'positive', ...more }] })
    expect(termsFor({ source: 'platform' })).toEqual(['positive/', '/platform', 'positive/platform'])
    expect(termsFor({})).toEqual(['positive/', '/customer', 'positive/customer'])
    expect(termsFor({ source: null })).toEqual(['positive/'])
    expect([feedbackTerm(), feedbackTerm('positive'), feedbackTerm('', 'platform')]).toEqual([
      '/',
      'positive/',
      '/platform',
    ])
  })
})

describe('fields of few values', () => {
  test('name the terms that rows have', () => {
    const [, ...sentiments] = FIELDS_OF_FEW_VALUES.feedback_sentiment!
    const [, ...sources] = FIELDS_OF_FEW_VALUES.feedback_source!
    const given = termsOf(TERM_FIELDS.feedback, {
      feedbacks: ['positive', 'neutral', 'negative'].flatMap((sentiment) =>
        ['customer', 'platform'].map((source) => ({ sentiment, source })),
      ),
    })
    expect(sentiments.map(([value]) => value)).toEqual(['positive', 'neutral', 'negative'])
    expect(sources.map(([value]) => value)).toEqual(['customer', 'platform'])
    for (const [, by, term] of [...sentiments, ...sources])
      expect([by, given.includes(term!)]).toEqual(['feedback', true])
  })
})

describe('a metadata path', () => {
  const metadata = {
    a: { b: [10, { c: 'x' }, null] },
    'a.b': true,
    n: null,
    list: [1, 'x', [2], { y: 3 }, false, null],
  }
  const row = rowOf({ metadata })

  test.each<[path: string[], value: unknown]>([
    [['a', 'b', '0'], 10],
    [['a', 'b', '00'], 10],
    [['a', 'b', '1', 'c'], 'x'],
    [['a', 'b', '2'], null],
    [['a', 'b', '3'], undefined],
    [['a', 'b', '-1'], undefined],
    [['a', 'b', '+1'], undefined],
    [['a', 'b', '1x'], undefined],
    [['a', 'b', 'x1'], undefined],
    [['a', 'b', 'length'], undefined],
    [['a', 'b', '0', 'c'], undefined],
    [['a', 'b', '2', 'c'], undefined],
    [['a.b'], true],
    [['n'], null],
    [['n', 'x'], undefined],
    [['nothing'], undefined],
    [['constructor'], undefined],
    [['a', 'toString'], undefined],
  ])('%j: %j', (path, value) => {
    expect(valueAt(row, path)).toBe(value)
  })

  test('of a row without metadata there is nothing', () => {
    expect(valueAt(rowOf({}), ['a'])).toBeUndefined()
    expect(valueAt(rowOf({ metadata: null }), ['a'])).toBeUndefined()
  })

  test('a scalar and that there is something; of an object or a list only that', () => {
    expect(termsOf(scalarsAt(['a', 'b', '0']), { metadata })).toEqual([PRESENT, 10])
    expect(termsOf(scalarsAt(['n']), { metadata })).toEqual([PRESENT, null])
    expect(termsOf(scalarsAt(['a', 'b']), { metadata })).toEqual([PRESENT])
    expect(termsOf(scalarsAt(['a']), { metadata })).toEqual([PRESENT])
    expect(termsOf(scalarsAt(['x']), { metadata })).toEqual([])
  })

  test('the scalars of a list, and of nothing else', () => {
    expect(termsOf(itemsAt(['list']), { metadata })).toEqual([1, 'x', false, null])
    expect(termsOf(itemsAt(['a']), { metadata })).toEqual([])
    expect(termsOf(itemsAt(['a.b']), { metadata })).toEqual([])
    expect(termsOf(itemsAt(['x']), { metadata })).toEqual([])
  })
})
