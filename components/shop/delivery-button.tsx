"use client";

import { MapPin } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useDelivery } from "./delivery-store.ts";
import { useWords } from "./words.tsx";

const AddressDialog = dynamic(() => import("./address-dialog.tsx").then((module) => module.AddressDialog), {
  ssr: false,
});

/** Where the shop delivers to, always in sight; opens the choice of another address. */
export function DeliveryButton() {
  const [wanted, setWanted] = useState(false);
  const [open, setOpen] = useState(false);
  const { destination } = useDelivery();
  const { say } = useWords();
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        className="flex h-11 min-w-0 items-center gap-2 rounded-control px-2 text-start text-sm hover:bg-sunken sm:px-3"
        onClick={() => {
          setWanted(true);
          setOpen(true);
        }}
      >
        <MapPin className="size-5 shrink-0 text-accent" aria-hidden="true" />
        <span className="min-w-0 leading-tight">
          <span className="block text-ink-muted text-xs">{say.shop.deliverTo}</span>
          <span dir="auto" className="block truncate font-medium sm:max-w-64">
            {destination?.address ?? say.shop.chooseAddress}
          </span>
        </span>
      </button>
      {wanted && <AddressDialog open={open} onOpenChange={setOpen} />}
    </>
  );
}
