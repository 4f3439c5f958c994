/** Names the sites that may show our pages in theirs: origins with spaces between, exact, without wildcards. */
export const EMBED_ORIGINS_VARIABLE = "KEPT_EMBED_ORIGINS";

/** The origin of the site that asks to embed, as the browser writes it, or null when it is not one of those allowed. */
export function embedHost(asked: string | null | undefined, allowed: string | undefined): string | null {
  const host = originOf(asked ?? "");
  const origins = (allowed ?? "").split(/\s+/).map(originOf);
  return host !== null && origins.includes(host) ? host : null;
}

function originOf(text: string): string | null {
  const url = URL.parse(text);
  // "null" is what every sandboxed frame and every file calls itself: it would stand for anyone.
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.origin : null;
}
