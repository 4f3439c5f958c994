/** The names in braces of a text, where the text is known to the compiler. */
type NamesIn<Text extends string> = string extends Text
  ? string
  : Text extends `${string}{${infer Name}}${infer Rest}`
    ? Name | NamesIn<Rest>
    : never;

/** A value for each name in braces of a text. */
export type ValuesOf<Text extends string> = Readonly<Record<NamesIn<Text>, string | number>>;

/** Puts values where a text names them: "Add {name} to the cart". A name without a value stays as it is. */
export function fillText<Text extends string>(text: Text, values: ValuesOf<Text>): string {
  const given: Readonly<Record<string, string | number>> = values;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));
}
