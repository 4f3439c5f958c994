/** Letters that Unicode does not take apart into a base letter and a mark. */
const UNDECOMPOSED: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ħ: "h",
  ı: "i",
  ŧ: "t",
};

/** A name as people type it: lower case, no accents, words apart by single spaces. "Praça d'Água" → "praca d agua". */
export function foldName(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{Mn}+/gu, "")
    .toLowerCase()
    .replace(/[ßæœøłđðþħıŧ]/g, (letter) => UNDECOMPOSED[letter]!)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
