"use client";

import { type FormEvent, useState } from "react";
import { useSupabaseLoader } from "#components/trpc/connection.tsx";
import { Button } from "#components/ui/button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { TextField } from "#components/ui/field.tsx";

const WRONG = "No account has this e-mail and password. Check both and try again.";
const UNREACHABLE = "Signing in did not get an answer. Check the connection and try again.";

/** E-mail and password. What happens afterwards is up to whoever watches the session. */
export function SignInForm({ title, note, onSignedIn }: { title: string; note: string; onSignedIn?: () => void }) {
  const loadSupabase = useSupabaseLoader();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setPending(true);
    setProblem(null);
    try {
      const { auth } = await loadSupabase();
      const { error } = await auth.signInWithPassword({
        email: String(fields.get("email")).trim(),
        password: String(fields.get("password")),
      });
      // A refusal has a status of its own kind; everything else is a matter of the connection.
      if (error) setProblem(error.status && error.status >= 400 && error.status < 500 ? WRONG : UNREACHABLE);
      else onSignedIn?.();
    } catch {
      setProblem(UNREACHABLE);
    } finally {
      setPending(false);
    }
  };

  return (
    <div className="mx-auto w-full max-w-sm px-4 py-10 sm:py-16">
      <h1 className="font-semibold text-2xl">{title}</h1>
      <p className="mt-1 mb-6 text-ink-muted">{note}</p>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required maxLength={200} />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          maxLength={200}
        />
        {problem && <FaultNotice sentence={problem} />}
        <Button type="submit" variant="primary" pending={pending}>
          Sign in
        </Button>
      </form>
    </div>
  );
}
