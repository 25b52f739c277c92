/** What the error of a query says: what was given, what was expected, and what to write instead. */
import { describe, expect, test } from 'vitest'
import { Query, query } from '../../../src/index.ts'
import { errorOf } from './faults-of.ts'

type Loose = Record<string, (...values: unknown[]) => Query>
const q = query() as unknown as Loose
const same = (branch: unknown) => branch
const marked = (branch: Loose) => branch.marked!()

describe('a value that its parameter does not take', () => {
  test.each<[call: () => unknown, text: string]>([
    [() => q.device!(5), 'device: expected a non-empty string, got 5.'],
    [() => q.device!(['a', 5]), 'device: expected a list, each of it a non-empty string, got ["a",5].'],
    [() => q.name!(5), 'name: expected a non-empty string, got 5.'],
    [() => q.environment!(5), 'environment: expected a non-empty string, got 5.'],
    [() => q.marked!('yes'), 'is_marked: expected true or false, got "yes".'],
    [
      () => q.startedAfter!('soon'),
      'started_at_after: expected a time in ISO 8601, a valid Date or whole milliseconds since 1970, got "soon".',
    ],
    [() => q.where!('id', 'gt', '7'), 'id__gt: expected a finite number, got "7".'],
    [() => q.where!('id', 'in', 7), 'id__in: expected a list, each of it a finite number, got 7.'],
    [() => q.where!('duration', 'gt', '7'), 'duration__gt: expected a finite number, got "7".'],
    [() => q.feedbackSentiment!('meh'), 'feedback_sentiment: expected one of positive, neutral, negative, got "meh".'],
    [
      () => q.feedbackSource!('custmer'),
      'feedback_source: expected one of customer, platform, got "custmer". Did you mean "customer"?',
    ],
    [() => q.metadata!('a', {}), 'metadata: expected a string, a finite number, true, false or null, got {}.'],
    [() => q.where!('metadata.a', 'gt', true), 'metadata__gt: expected a string or a finite number, got true.'],
    [
      () => q.metadata!('', 1),
      `metadata: expected keys joined by dots, one with a dot in double quotes, or a list of keys: 'a.b', '"a.b".c', ['a.b', 'c'], got "".`,
    ],
    [() => q.page!(0), 'page: expected a whole number from 1, or "last", got 0.'],
    [() => q.pageSize!(0), 'page_size: expected a whole number from 1, got 0.'],
    [
      () => q.after!('abc'),
      'cursor: expected the next_cursor of a page (null is that of the last one: nothing comes after it), got "abc".',
    ],
    [
      () => q.orderBy!('id', 'nmae'),
      'ordering: expected one or more of id, customer_id, language, is_marked, is_used, started_at, ended_at, message_count, action_count, feedback_count, attachment_count, duration, each with or without a leading "-", got ["id","nmae"].',
    ],
    [
      () => q.startedWithin!({ day: 1 }),
      'startedWithin: expected a duration such as { days: 7 }, of years, months, weeks, days, hours, minutes, seconds, none negative, months whole, from year 1 on, got {"day":1}.',
    ],
  ])('%#: %s', (call, text) => {
    expect(errorOf(call).message).toBe(text)
  })
})

describe('a part of an object', () => {
  test.each<[call: () => unknown, text: string]>([
    [
      () => q.feedback!({}),
      "feedback: expected an object of one or more of sentiment, source: { sentiment: 'negative', source: 'customer' }, got {}.",
    ],
    [
      () => q.feedback!({ sentiment: 'neutral', sorce: 'x' }),
      `feedback: expected an object of one or more of sentiment, source: { sentiment: 'negative', source: 'customer' }, got {"sentiment":"neutral","sorce":"x"}. There is no part "sorce". Did you mean "source"?`,
    ],
    [
      () => q.message!({ sender: 'agnt' }),
      `message: expected an object of one or more of sender, contains, hasAttachments: { sender: 'end_user', contains: 'refund' }, got {"sender":"agnt"}. sender: expected one of end_user, agent, got "agnt". Did you mean "agent"?`,
    ],
    [
      () => q.messageContains!('a', { contains: 'x' }),
      `message_contains: expected an object of one or more of sender: { sender: 'end_user' }, got {"contains":"x"}. There is no part "contains".`,
    ],
    [
      () => q.action!({ longerThan: -1 }),
      `action: expected an object of one or more of name, input, output, error, failed, longerThan, shorterThan: { name: 'lookup_order', failed: true }, got {"longerThan":-1}. longerThan: expected a finite number of milliseconds from 0, got -1.`,
    ],
    [
      () => q.action!({ name: 5 }),
      `action: expected an object of one or more of name, input, output, error, failed, longerThan, shorterThan: { name: 'lookup_order', failed: true }, got {"name":5}. name: expected a non-empty string or a list of them, got 5.`,
    ],
  ])('%#: %s', (call, text) => {
    expect(errorOf(call).message).toBe(text)
  })
})

describe('nothing where a value is expected', () => {
  test.each<[call: () => unknown, text: string]>([
    [
      () => q.device!(null),
      "device: expected a non-empty string, got null. For rows without one: .where('device', 'isnull', true). To ask for nothing, leave the call out.",
    ],
    [
      () => q.metadata!('a.b', undefined),
      `metadata: expected a string, a finite number, true, false or null, got undefined. For rows without one: .where(["metadata","a","b"], 'exists', false). To ask for nothing, leave the call out.`,
    ],
    [() => q.marked!(null), 'is_marked: expected true or false, got null. To ask for nothing, leave the call out.'],
    [
      () => q.pageSize!(null),
      'page_size: expected a whole number from 1, got null. To ask for nothing, leave the call out.',
    ],
  ])('%#: %s', (call, text) => {
    expect(errorOf(call).message).toBe(text)
  })
})

describe('groups', () => {
  test.each<[call: () => unknown, text: string]>([
    [() => q.not!(same), "not: expected a condition in every branch, .not((q) => q.device('mobile')), got none."],
    [() => q.or!(marked, same), "or: expected a condition in every branch, .or((q) => q.device('mobile')), got none."],
    [() => q.or!(), "or: expected a condition in every branch, .or((q) => q.device('mobile')), got none."],
    [
      () => q.not!(() => 5),
      'not: expected a function that gives back the builder it is given, (q) => q.device("mobile"), got 5.',
    ],
  ])('%#: %s', (call, text) => {
    expect(errorOf(call).message).toBe(text)
  })

  test('several branches of not', () => {
    expect(errorOf(() => q.not!(marked, marked)).message).toContain(
      'not: expected one branch: for none of several write .not(a).not(b), for not all .not((q) => q.device("a").marked()), got ',
    )
  })
})

describe('names that nothing has', () => {
  test.each<[call: () => unknown, text: string]>([
    [() => q.where!('device', 'lik', 'a'), 'There is no condition "device__lik". Did you mean "device__in"?'],
    [() => q.where!('colour', 'exact', 'a'), 'There is no condition "colour__exact".'],
    [() => Query.fromSpec({ where: [], orderby: [] }), 'There is no part of a spec "orderby". Did you mean "orderBy"?'],
    [
      () => Query.fromSpec({ where: [], colour: [] }),
      'There is no part of a spec "colour". There are where, includeDeleted, orderBy, page, after, pageSize, lean.',
    ],
  ])('%#: %s', (call, text) => {
    expect(errorOf(call).message).toBe(text)
  })
})

describe('specs', () => {
  test.each<[spec: unknown, text: string]>([
    [5, 'spec: expected the object of a spec, { where: [...] }, got 5.'],
    [{ where: 5 }, 'where: expected a list of conditions, got 5.'],
    [
      { where: [5] },
      'where[0]: expected { field, lookup, value }, for metadata with a path, { or: [[...]] } or { not: [...] }, at most 100 deep, got 5.',
    ],
    [
      { where: [{ not: [] }] },
      "where[0].not: expected a condition in every branch, .not((q) => q.device('mobile')), got none.",
    ],
    [
      { where: [{ or: [] }] },
      "where[0]: expected a condition in every branch, .or((q) => q.device('mobile')), got none.",
    ],
    [
      { where: [{ or: [[], []] }] },
      "where[0].or[0]: expected a condition in every branch, .or((q) => q.device('mobile')), got none.",
    ],
  ])('%j', (spec, text) => {
    expect(errorOf(() => Query.fromSpec(spec as never)).message.startsWith(text)).toBe(true)
  })
})

describe('what the HTTP API says of it', () => {
  test.each<[call: () => unknown, wire: string | undefined]>([
    [() => q.marked!('yes'), 'Enter a valid boolean.'],
    [() => q.startedAfter!('soon'), 'Enter a valid date/time.'],
    [() => q.where!('id', 'gt', '7'), 'Enter a number.'],
    [() => q.feedbackSentiment!('meh'), 'Select a valid choice. meh is not one of the available choices.'],
    [() => q.environment!(5), 'Select a valid choice. 5 is not one of the available choices.'],
    [() => q.after!('abc'), 'Invalid cursor.'],
    [() => q.device!(5), undefined],
  ])('%#: %s', (call, wire) => {
    expect(errorOf(call).faults.map((fault) => fault.wire)).toEqual([wire])
  })
})
