"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { TextField } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { ChannelId, ChannelTerms, OWN_SHOP, PRIORITY_CLASSES, USUAL_PRIORITY } from "#server/domain/channel.ts";
import type { RegionId } from "#server/domain/id.ts";
import type { ChannelOfRegion } from "./channels-card.tsx";

/** A new channel, or other terms for one that is there. */
export function ChannelDialog({
  regionId,
  known,
  onClose,
}: {
  regionId: RegionId;
  known: ChannelOfRegion | null;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [code, setCode] = useState<string>(known?.channelId ?? "");
  const [name, setName] = useState(known?.name ?? "");
  const [isActive, setActive] = useState(known?.isActive ?? true);
  const [priority, setPriority] = useState(String(known?.priorityClass ?? USUAL_PRIORITY));
  const channelId = ChannelId.safeParse(code);
  const terms = ChannelTerms.safeParse({ name, isActive, priorityClass: Number(priority) });
  const save = useMutation(
    trpc.tower.setChannel.mutationOptions({
      onSuccess: () => {
        toast("The channel is saved", { tone: "ok" });
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.tower.channels.pathFilter()),
    }),
  );
  const why = !channelId.success
    ? "A code has capitals and digits, with single hyphens between."
    : terms.success
      ? null
      : "A channel has a name of at most 80 characters.";
  return (
    <FormDialog
      title={known ? `Change ${known.name}` : "Add a channel"}
      description="What is promised through it stays. Its class counts for new orders."
      failure={save.isError ? readFault(save.error).sentence : null}
      leave="Leave it"
      submit="Save the channel"
      why={why}
      pending={save.isPending}
      onSubmit={() => {
        if (channelId.success && terms.success) save.mutate({ regionId, channelId: channelId.data, terms: terms.data });
      }}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        {!known && (
          <TextField
            label="Code"
            hint="Such as MARKET: what stands behind a site's address in the settings, and in imports."
            value={code}
            onChange={(event) => setCode(event.target.value.toUpperCase())}
          />
        )}
        <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} />
        <Select
          label="Priority class of its orders"
          options={PRIORITY_CLASSES.map(({ value, label }) => ({ value: String(value), label }))}
          value={priority}
          onValueChange={setPriority}
        />
        {known?.channelId !== OWN_SHOP && (
          <Checkbox
            label="It takes orders"
            checked={isActive}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
        )}
      </div>
    </FormDialog>
  );
}
