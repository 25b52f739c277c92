/** A `ReadableStream` of the runtime, declared by shape: the types need neither DOM nor Node types. */

/** The runtime's own type of streams where DOM or Node types are loaded, else the part that reading needs. */
export type ReadableStreamOf<Chunk> = typeof globalThis extends {
  ReadableStream: { prototype: infer Stream }
}
  ? Stream
  : { getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Chunk }> } }

interface Host<Chunk> {
  readonly ReadableStream: new (
    source: {
      pull(controller: { enqueue(chunk: Chunk): void; close(): void }): Promise<void>
    },
    strategy: { readonly highWaterMark: number },
  ) => ReadableStreamOf<Chunk>
}

/** A stream of what `next` gives, up to the first `undefined`. Nothing is asked for before it is read. */
export function streamOf<Chunk>(next: () => Promise<Chunk | undefined>): ReadableStreamOf<Chunk> {
  const { ReadableStream } = globalThis as unknown as Host<Chunk>
  return new ReadableStream(
    {
      async pull(controller) {
        const chunk = await next()
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
    },
    { highWaterMark: 0 },
  )
}
