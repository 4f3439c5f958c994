/** Which of the two sets of colours a page shows; "auto" is what the reader's system says. */
export const COLOUR_SCHEMES = ["light", "dark", "auto"] as const;
export type ColourScheme = (typeof COLOUR_SCHEMES)[number];
