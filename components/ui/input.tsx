import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

export const INPUT_LOOK =
  "w-full rounded-control border border-line-strong bg-surface px-3 text-control text-ink placeholder:text-ink-faint aria-invalid:border-late";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={classNames(INPUT_LOOK, "h-control", className)} />;
}
