import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson, UnsafeNumberError } from '../../../src/base/json.ts'

function refusal(text: string): UnsafeNumberError {
  try {
    parseJson(text)
  } catch (error) {
    if (error instanceof UnsafeNumberError) return error
    throw error
  }
  throw new Error(`${text} was taken`)
}

describe('numbers that a double cannot hold as written', () => {
  test.each([
    '9007199254740993',
    '-9007199254740993',
    '1234567890123456789',
    '9007199254740993.0',
    '9007199254740993.000',
    '9007199254740.993e3',
    '9.007199254740993E+15',
    '90071992547409930e-1',
    '36028797018963969',
    '1e400',
    '-1E+400',
    '1e0309',
    '1.8e308',
    `1${'0'.repeat(309)}`,
    `0.${'0'.repeat(300)}1e700`,
    `${'123456789'.repeat(40)}`,
  ])('%s is refused, kept as a string, or rounded', (digits) => {
    const text = `{"a":[1,${digits} ],"b":"${digits}"}`
    expect(refusal(text)).toMatchObject({ name: 'UnsafeNumberError', place: 'a[1]', digits })
    expect(parseJson(text, 'string')).toEqual({ a: [1, digits], b: digits })
    expect(parseJson(text, 'round')).toEqual({ a: [1, Number(digits)], b: digits })
    expect(refusal(digits)).toMatchObject({ place: '', digits })
    expect(parseJson(digits, 'string')).toBe(digits)
  })

  test.each([
    '9007199254740991',
    '-9007199254740991',
    '9007199254740992',
    '9007199254740992.0',
    '36028797018963968',
    '36028797018963970',
    '-36028797018963968.00',
    '100000000000000000000',
    '1e20',
    '1e23',
    '1E+23',
    '10e22',
    '0.1e24',
    '1.7976931348623157e308',
    '12345678901234567000',
    '2361183241434822606848',
    '9007199254740992.5',
    '0.30000000000000004',
    '3.141592653589793238462643383279',
    '1e-400',
    '-0',
    '0e999999',
    '0.000e5',
  ])('%s is taken', (digits) => {
    const text = `{"a":{"b":${digits}}}`
    expect(parseJson(text)).toEqual({ a: { b: Number(digits) } })
    expect(parseJson(text, 'string')).toEqual({ a: { b: Number(digits) } })
  })

  test('every double is taken as JavaScript prints it, and every whole one digit by digit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        expect(parseJson(JSON.stringify(double))).toBe(double === 0 ? 0 : double)
        if (Number.isInteger(double)) expect(parseJson(String(BigInt(double)))).toBe(double === 0 ? 0 : double)
      }),
    )
  })

  test('a whole number is refused exactly where it comes back as another one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (whole) => {
        const double = Number(whole)
        const isKept = BigInt(double) === whole || JSON.stringify(double) === String(whole)
        expect(parseJson(`[${whole}]`, 'string')).toEqual([isKept ? double : String(whole)])
      }),
    )
  })

  test.each([
    { text: '{"metadata":{"user":12345678901234567890}}', place: 'metadata.user' },
    { text: '{"messages":[{"id":1},{"id":2},{"id":3},{"x":{},"id":12345678901234567890}]}', place: 'messages[3].id' },
    { text: '{"a.b":{"c d":[[],[0,{"__proto__":1e999}]]}}', place: '["a.b"]["c d"][1][1].__proto__' },
    { text: '{"\\u0061\\"":1e999}', place: '["a\\""]' },
    { text: '{"a":"\\\\","b":"]}\\"[{:,","c":1e999}', place: 'c' },
    { text: ' [ "12345678901234567890" , "x:1e999" , 1e999 ] ', place: '[2]' },
  ])('the place of the first is named: $place', ({ text, place }) => {
    expect(refusal(text).place).toBe(place)
    expect(refusal(text).message).toContain(`${place} is `)
  })

  test('digits within strings are text', () => {
    const text =
      '{"1234567890123456789":"1234567890123456789, \\"1e400\\", NaN","n":[true,false,null,36028797018963968]}'
    expect(parseJson(text)).toEqual(JSON.parse(text))
    expect(parseJson(text, 'string')).toEqual(JSON.parse(text))
  })

  test('deep, long and hostile texts neither overflow the stack nor take forever', () => {
    const deep = `${'['.repeat(5_000)}1e400${']'.repeat(5_000)}`
    expect(refusal(deep).digits).toBe('1e400')
    const long = `"${'\\"\\\\'.repeat(1_000_000)}"`
    expect(refusal(`[${long},1e400]`).place).toBe('[1]')
    expect(refusal('7'.repeat(3_000_000)).message.length).toBeLessThan(300)
    expect(parseJson(`[36028797018963968,${long}]`)).toHaveLength(2)
  })
})

test('everything else is as JSON.parse has it', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('refuse' as const, 'string' as const, 'round' as const), (text, mode) => {
      expect(parseJson(text, mode)).toEqual(JSON.parse(text))
    }),
  )
  const prototype = parseJson('{"__proto__":{"a":1e999},"constructor":2}', 'string') as object
  expect(Object.keys(prototype)).toEqual(['__proto__', 'constructor'])
  expect(Object.getPrototypeOf(prototype)).toBe(Object.prototype)
})

describe('broken JSON', () => {
  test.each([
    '',
    '{"a":1',
    '{a:1}',
    '[1e400',
    '[12345678901234567890',
    '{"a":NaN',
    '[nan]',
    'NaN,',
    '["NaN" 1]',
    '[-NaN]',
  ])('%j is a SyntaxError of JSON.parse', (text) => {
    let expected: unknown
    try {
      JSON.parse(text)
    } catch (error) {
      expected = error
    }
    expect(() => parseJson(text)).toThrow(expected as SyntaxError)
  })

  test.each([
    { text: '{"metadata":{"score":NaN}}', start: 'metadata.score is NaN' },
    { text: '{"a":["NaN",Infinity],"b":NaN}', start: 'a[1] is Infinity' },
    { text: '[ -Infinity ]', start: '[0] is -Infinity' },
    { text: 'NaN', start: 'The value is NaN' },
  ])('$text names what Python writes', ({ text, start }) => {
    for (const mode of ['refuse', 'string', 'round'] as const) {
      expect(() => parseJson(text, mode)).toThrow(SyntaxError)
      expect(() => parseJson(text, mode)).toThrow(start)
      expect(() => parseJson(text, mode)).toThrow('json.dump(..., allow_nan=False)')
    }
  })
})
