/**
 * Tiny domains, so that values collide: few strings, few instants in many spellings, few metadata keys, and each trap of
 * the contract of queries among them.
 */

/** Pieces of texts. Joined without anything between them, the two halves of a surrogate pair make one character. */
export const WORDS = [
  'refund',
  'Refunds',
  'REF',
  'order_17',
  '1',
  'straße',
  'STRASSE',
  'ẞ',
  'İ',
  'ı',
  'i',
  'I',
  'ΟΔΟΣ',
  'οδος',
  'σ',
  '\u00c5',
  'a\u030a',
  '\u212b',
  '\u212a',
  'k',
  'ſ',
  '😀',
  '👍🏽',
  '\ud83d',
  '\ude00',
  '\u{10400}',
  '\u{10428}',
  '配送',
  '送',
  'สวัสดี',
  'ส',
  'か\u3099',
  '\u0301',
  '?',
  '?!…',
  '—',
  '"',
  '%_*',
  '\u200b',
] as const

/** What may stand between two words. */
export const GAPS = ['', '', ' ', '  ', '\n', '\r\n', ', ', '\t', '\u00a0', '\u3000', '.', '-'] as const

/** Texts of fields that are short: equal, parts of each other, equal but for case, in an order that is not UTF-16's. */
export const LABELS = ['a', 'A', 'ab', 'b', 'ß', 'ẞ', 'k', '\u212a', '\uff5e', '😀', '\ud83d', ' a', 'a,b', ''] as const

export const DEVICES = ['mobile', 'Mobile', 'mobile app', 'desktop', ''] as const
export const LANGUAGES = ['en', 'EN', 'en-GB', 'de', '\uff5e', '😀'] as const
export const ENVIRONMENTS = ['production', 'development', 'prod', 'dev', 'staging'] as const
export const ADDRESSES = ['10.0.0.1', '10.0.0.10', '::1'] as const

/** Names that are parts of each other, equal but for case, or empty, which is no action. */
export const ACTIONS = ['lookup', 'lookup_order', 'Lookup', 'order', 'refund', '1', ' ', ''] as const

/** One instant in many spellings, its neighbours, and the ends of time. */
export const INSTANTS = [
  '2024-01-15T12:00:00Z',
  '2024-01-15 12:00:00+00:00',
  '2024-01-15T13:00:00.000000+01:00',
  '2024-1-15 07:00-05',
  '2024-01-15T12:00:00,0000009Z',
  '2024-01-15T12:00:00.000001Z',
  '2024-01-15T17:30:00.000001+0530',
  '2024-01-15T12:00:00.000002Z',
  '2024-01-15T12:00:00.001Z',
  '2024-01-15T11:59:59.999999Z',
  '2024-01-15',
  '2024-1-16T0:00',
  '1969-12-31T23:59:59.999999Z',
  '1970-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999Z',
] as const

/** Keys of metadata: dotted, empty, of digits, and names that objects have by birth. */
export const KEYS = [
  'a',
  'b',
  'a.b',
  '',
  '0',
  '01',
  '-1',
  'x y',
  'length',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
] as const

/** Scalars that are alike in one way and different in another. `1.0` is `1` by the time it is a value. */
export const SCALARS = [
  1,
  '1',
  true,
  'true',
  false,
  null,
  'null',
  0,
  -0,
  -1,
  0.1,
  1e21,
  'a',
  'A',
  '',
  '\uff5e',
  '😀',
  '\ud83d',
] as const

export const SENTIMENTS = ['positive', 'neutral', 'negative'] as const
export const SOURCES = ['customer', 'platform'] as const

/** Milliseconds, and what is none. Thousandths, of which no double is the same. */
export const LENGTHS = [0, 1, 1.005, 4.35, 500, 500.001, 60_000, -3] as const

/** Conversation ids: a few, which look like other things. */
export const CONVERSATION_IDS = [
  'c1',
  'C1',
  '1',
  '42',
  'a,b',
  ' a',
  'ß',
  'ẞ-2',
  '😀',
  '\ud83d',
  'order_17',
  '__proto__',
] as const
