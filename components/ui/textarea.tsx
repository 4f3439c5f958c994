import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import { INPUT_LOOK } from "./input.tsx";

export function Textarea({ className, rows = 3, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} rows={rows} className={classNames(INPUT_LOOK, "field-sizing-content py-2", className)} />;
}
