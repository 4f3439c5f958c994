import type { CSSProperties, ReactNode } from "react";

const WIDTH = { reading: "48rem", shop: "76rem", full: "100%" } as const;

/**
 * A page: its top bar and its content. `dense` makes controls and type small for screens that people work at all day;
 * `full` gives the content the whole width and the height below the bar (a map with its panels).
 */
export function PageShell({
  bar,
  width = "shop",
  dense = false,
  lang,
  children,
}: {
  bar: ReactNode;
  width?: keyof typeof WIDTH;
  dense?: boolean;
  /** Where the page is not in the reader's language, which the document says. */
  lang?: string;
  children: ReactNode;
}) {
  return (
    <div
      data-density={dense ? "dense" : undefined}
      data-width={width}
      lang={lang}
      dir={lang && "ltr"}
      className="flex min-h-dvh flex-col"
      style={{ "--page": WIDTH[width] } as CSSProperties}
    >
      {bar}
      <main
        id="content"
        tabIndex={-1}
        className={
          width === "full"
            ? "flex min-h-0 flex-1 flex-col outline-none"
            : "mx-auto w-full max-w-(--page) flex-1 px-4 py-6 outline-none sm:px-6 sm:py-8"
        }
      >
        {children}
      </main>
    </div>
  );
}
