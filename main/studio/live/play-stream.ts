/** The hub's own stream, for a page of this studio: the address and its token stay here. */

/** null: the hub does not give it (yet). Ends with the stream, or when nobody reads any more. */
export async function playStream(url: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal });
  } catch {
    signal.throwIfAborted();
    return null;
  }
  if (!answer.ok || answer.body === null) {
    await answer.body?.cancel();
    return null;
  }
  return pieces(answer.body);
}

async function* pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) yield piece;
  } catch {
    // The hub fell, or the page has gone: the stream ends where it is.
  }
}
