"use client";

import { MapPin, Store } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useMe } from "#components/trpc/use-me.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { TextField } from "#components/ui/field.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { NODE_KINDS } from "./picking-looks.ts";

/** More nodes than this and one wants to search among them. */
const FEW = 8;

/** Which node to work at. Whoever works at one only goes straight there. */
export function NodeChooser() {
  const { nodes, role } = useMe();
  const router = useRouter();
  const [search, setSearch] = useState("");
  const only = role === "store" && nodes.length === 1 ? nodes[0] : undefined;
  useEffect(() => {
    if (only) router.replace(`/store/${only.id}`);
  }, [router, only]);

  if (only) return <NodeChooserSkeleton />;
  if (nodes.length === 0)
    return (
      <EmptyState isPage icon={<Store className="size-8" aria-hidden="true" />} title="No node to work at">
        {role === "ops"
          ? "There is no network yet: import one with kept import DIR."
          : "Your account belongs to no store. Ask operations to add it to one."}
      </EmptyState>
    );
  const wanted = search.trim().toLowerCase();
  const found = nodes.filter((node) => `${node.name} ${node.id} ${node.address}`.toLowerCase().includes(wanted));
  return (
    <>
      <h1 className="mb-4 font-semibold text-2xl">Where do you work?</h1>
      {nodes.length > FEW && (
        <div className="mb-4 max-w-sm">
          <TextField
            label="Search by name, code or address"
            type="search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      )}
      {found.length === 0 && <EmptyState title="No node is called that">Try fewer letters.</EmptyState>}
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {found.map((node) => (
          <li key={node.id}>
            <Link
              href={`/store/${node.id}`}
              className="flex h-full flex-col rounded-card border border-line bg-surface p-4 hover:border-accent-line hover:bg-sunken/40"
            >
              <span className="font-semibold text-lg leading-snug">{node.name}</span>
              <span className="text-ink-muted">
                {NODE_KINDS[node.kind]} · {node.id}
              </span>
              <span className="mt-2 flex items-start gap-1.5 text-ink-muted text-sm">
                <MapPin className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
                {node.address}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

export function NodeChooserSkeleton() {
  return (
    <div aria-busy="true">
      <Skeleton className="mb-4 h-8 w-64" />
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {Array.from({ length: 6 }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
          <Skeleton key={place} className="h-28 rounded-card" />
        ))}
      </div>
    </div>
  );
}
