import type { ReactNode } from "react";

/** Nothing to show: why, and what to do next. `isPage` when the page holds nothing else: then it is its heading. */
export function EmptyState({
  title,
  children,
  action,
  icon,
  isPage = false,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
  isPage?: boolean;
}) {
  const Title = isPage ? "h1" : "p";
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      {icon && <span className="mb-2 text-ink-faint">{icon}</span>}
      <Title className="font-semibold text-lg">{title}</Title>
      {children && <div className="max-w-prose text-ink-muted">{children}</div>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}
