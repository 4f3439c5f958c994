/** The body's text, or undefined as soon as it turns out to be too long: no more of it is read. */
export async function readText(request: Request, maxBytes: number): Promise<string | undefined> {
  const announced = request.headers.get("content-length");
  if (Number(announced ?? 0) > maxBytes) return undefined;
  // HTTP delivers no more than was announced, and the runtime's own reader is several times faster than the loop below. Even to look
  // whether there is a body takes a third of a whole check in workerd.
  if (announced !== null && !request.headers.has("transfer-encoding")) return request.text();
  if (!request.body) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
