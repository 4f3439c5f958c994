"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { Input } from "./input.tsx";
import { useReaderLanguage } from "./reader-language.tsx";

export interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong and how to mend it; announced when it appears. */
  readonly error?: ReactNode;
  readonly optional?: boolean;
}

/** What a control inside a field must carry to belong to its label, hint and error. */
export interface FieldControl {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

/** A label, a control, a hint and an error that belong together. */
export function Field({
  label,
  hint,
  error,
  optional,
  children,
}: FieldProps & { children: (control: FieldControl) => ReactNode }) {
  const id = useId();
  const { words } = useReaderLanguage();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-control">
        {label}
        {optional && <span className="font-normal text-ink-muted"> ({words.optional})</span>}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-hint text-ink-muted">
          {hint}
        </p>
      )}
      <p id={`${id}-error`} aria-live="polite" className="text-hint text-late empty:hidden">
        {error}
      </p>
    </div>
  );
}

export function TextField({ label, hint, error, optional, ...input }: FieldProps & ComponentProps<"input">) {
  return (
    <Field label={label} hint={hint} error={error} {...(optional && { optional })}>
      {(control) => <Input {...input} {...control} />}
    </Field>
  );
}
