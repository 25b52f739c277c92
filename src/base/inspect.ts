/** How values show themselves on a console. */

/** The method that Node, Bun and Deno call for `console.log`. */
export const inspected: unique symbol = Symbol.for('nodejs.util.inspect.custom')
