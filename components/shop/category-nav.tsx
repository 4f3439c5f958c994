import Link from "next/link";
import { classNames } from "#components/ui/class-names.ts";
import type { Messages } from "./messages.ts";

export function CategoryNav({
  categories,
  current,
  say,
}: {
  categories: readonly { name: string; skuCount: number }[];
  current: string | undefined;
  say: Messages["shop"];
}) {
  const entries = [
    { name: say.everything as string, href: "/", active: current === undefined },
    ...categories.map(({ name }) => ({
      name,
      href: `/?category=${encodeURIComponent(name)}`,
      active: name === current,
    })),
  ];
  return (
    <nav aria-label={say.categories} className="-mx-4 overflow-x-auto px-4 [scrollbar-width:none] sm:mx-0 sm:px-0">
      <ul className="flex gap-2 py-1 sm:flex-wrap">
        {entries.map(({ name, href, active }) => (
          <li key={href}>
            <Link
              href={href}
              scroll={false}
              aria-current={active ? "page" : undefined}
              className={classNames(
                "inline-flex min-h-11 items-center rounded-full border px-4 text-sm whitespace-nowrap transition-colors sm:min-h-9",
                active
                  ? "border-accent bg-accent font-medium text-on-accent"
                  : "border-line bg-surface text-ink-muted hover:border-line-strong hover:text-ink",
              )}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
