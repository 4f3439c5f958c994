"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { classNames } from "./class-names.ts";
import { type Audience, NAVIGATION, type NavigationLink } from "./navigation.ts";
import { useReaderLanguage } from "./reader-language.tsx";
import { Wordmark } from "./wordmark.tsx";

/** The bar above every page: the name, where one can go, and at the end what belongs to the audience (cart, account). */
export function TopBar({
  audience,
  links = NAVIGATION[audience],
  children,
}: {
  audience: Audience;
  links?: readonly NavigationLink[];
  children?: ReactNode;
}) {
  const path = usePathname();
  const { words } = useReaderLanguage();
  // "/ops/orders" lies under "/ops" too: the longest is where one is.
  const here = links
    .map((link) => link.href)
    .filter((href) => path === href || (href !== "/" && path.startsWith(`${href}/`)))
    .reduce((longest, href) => (href.length > longest.length ? href : longest), "");
  const places = useRef<HTMLElement>(null);
  // A phone may show only some of them: the one where one is, at least.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place is marked
  useEffect(() => {
    places.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [here]);
  return (
    <header className="sticky top-0 z-30 border-line border-b bg-canvas/95 backdrop-blur-sm">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:start-2 focus:z-50 focus:rounded-control focus:bg-surface focus:px-4 focus:py-2"
      >
        {words.skipToContent}
      </a>
      <div className="mx-auto flex min-h-14 max-w-(--page) items-center gap-x-3 px-4 sm:gap-x-6 sm:px-6">
        <Link href={links[0]?.href ?? "/"} className="-mx-2.5 rounded-control px-2.5 py-2" aria-label={words.startPage}>
          {/* On a phone the places that one can go to need the room of the name. */}
          <Wordmark markOnly={links.length > 1 ? "narrow" : "never"} />
        </Link>
        {links.length > 1 && (
          <nav
            ref={places}
            aria-label="Main"
            className="flex min-w-0 shrink-1000 scroll-pe-6 overflow-x-auto [scrollbar-width:none] max-sm:mask-r-from-[calc(100%-1.5rem)] max-sm:pe-6 sm:gap-1"
          >
            {links.map((link) => {
              const current = link.href === here;
              return (
                <Link
                  key={link.href}
                  href={link.href}
                  aria-current={current ? "page" : undefined}
                  className={classNames(
                    "inline-flex min-h-control items-center rounded-control px-2 font-medium text-control whitespace-nowrap -outline-offset-2 hover:bg-sunken max-sm:text-sm sm:px-3",
                    current ? "text-accent" : "text-ink-muted",
                  )}
                >
                  {link.label}
                </Link>
              );
            })}
          </nav>
        )}
        <div className="-me-3 ms-auto flex min-w-0 items-center sm:gap-2">{children}</div>
      </div>
    </header>
  );
}
