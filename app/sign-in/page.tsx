import type { Metadata } from "next";
import { SignInScreen } from "#components/staff/sign-in-screen.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { TopBar } from "#components/ui/top-bar.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { next } = await searchParams;
  return (
    <PageShell lang="en" bar={<TopBar audience="shopper" />}>
      <SignInScreen next={typeof next === "string" && isOwnPath(next) ? next : null} />
    </PageShell>
  );
}

/** A page of ours, never another site's: "//host" and "/\host" would leave. */
function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}
