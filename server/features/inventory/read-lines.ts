/** A line of a stream, from 1. `text` is null where the line is longer than it may be: it was read past and not kept. */
export interface StreamLine {
  readonly line: number;
  readonly text: string | null;
}

/** The lines of a body as they come in, without their ends; never more of it in memory than a chunk and a line. */
export async function* readLines(body: AsyncIterable<Uint8Array>, maxChars: number): AsyncGenerator<StreamLine> {
  const decoder = new TextDecoder();
  let line = 1;
  let rest = "";
  let isTooLong = false;
  const lineOf = (text: string): StreamLine => {
    const tooLong = isTooLong || text.length > maxChars;
    isTooLong = false;
    return { line: line++, text: tooLong ? null : text.replace(/\r$/, "") };
  };
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop()!;
    for (const part of parts) yield lineOf(part);
    if (rest.length > maxChars) {
      isTooLong = true;
      rest = "";
    }
  }
  rest += decoder.decode();
  if (rest !== "" || isTooLong) yield lineOf(rest);
}
