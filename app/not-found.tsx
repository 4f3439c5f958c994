import type { Metadata } from "next";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { TopBar } from "#components/ui/top-bar.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <PageShell bar={<TopBar audience="shopper" />} width="reading" lang="en">
      <EmptyState
        isPage
        title="There is nothing at this address"
        action={<ButtonLink href="/">To the shop</ButtonLink>}
      >
        Check the address for a typing mistake.
      </EmptyState>
    </PageShell>
  );
}
