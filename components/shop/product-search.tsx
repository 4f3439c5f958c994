"use client";

import { Search, X } from "lucide-react";
import Form from "next/form";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useTransition } from "react";
import { INPUT_LOOK } from "#components/ui/input.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { useWords } from "./words.tsx";

const TYPING_MS = 250;

/** Searches while one types; the words live in the address, so that a search can be sent to someone. */
export function ProductSearch() {
  const router = useRouter();
  const { say } = useWords();
  const params = useSearchParams();
  const search = params.get("search") ?? "";
  const category = params.get("category");
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [pending, startTransition] = useTransition();

  useEffect(() => {
    // Back and forward change the words; typing already shows them.
    if (input.current && document.activeElement !== input.current) input.current.value = search;
  }, [search]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const go = (words: string) => {
    const next = new URLSearchParams();
    // Words look through the whole shop: a category chosen before would hide what is searched for.
    if (words.trim()) next.set("search", words.trim());
    startTransition(() => router.replace(next.size > 0 ? `/?${next}` : "/", { scroll: false }));
  };
  return (
    <Form action="/" className="relative" role="search">
      <label htmlFor="product-search" className="sr-only">
        {say.shop.search}
      </label>
      <span className="pointer-events-none absolute top-0 start-3 grid h-full place-items-center text-ink-faint">
        {pending ? <Spinner /> : <Search className="size-4" aria-hidden="true" />}
      </span>
      <input
        ref={input}
        id="product-search"
        name="search"
        type="search"
        defaultValue={search}
        maxLength={80}
        autoComplete="off"
        placeholder={say.shop.searchPlaceholder}
        className={`${INPUT_LOOK} h-control ps-9 pe-11 [&::-webkit-search-cancel-button]:hidden`}
        onChange={(event) => {
          const words = event.target.value;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => go(words), TYPING_MS);
        }}
      />
      {(search || category) && search !== "" && (
        <button
          type="button"
          aria-label={say.shop.showAll}
          className="absolute top-0 end-0 grid size-11 place-items-center text-ink-muted"
          onClick={() => {
            if (input.current) input.current.value = "";
            clearTimeout(timer.current);
            go("");
            input.current?.focus();
          }}
        >
          <X className="size-4" aria-hidden="true" />
        </button>
      )}
    </Form>
  );
}
