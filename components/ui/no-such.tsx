import { ButtonLink } from "./button-link.tsx";
import { EmptyState } from "./empty-state.tsx";

/** For what does not exist, or not for who asks: nobody is told which. */
export function NoSuch({ what, href, elsewhere }: { what: string; href: string; elsewhere: string }) {
  return (
    <EmptyState
      isPage
      title={`There is no such ${what} for you`}
      action={
        <ButtonLink href={href} variant="primary">
          {elsewhere}
        </ButtonLink>
      }
    >
      It does not exist, or your account does not work there.
    </EmptyState>
  );
}
