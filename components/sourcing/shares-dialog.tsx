"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { TextField } from "#components/ui/field.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { ChannelShares } from "#server/domain/channel-shares.ts";
import type { RegionId } from "#server/domain/id.ts";
import {
  RESOURCE_WORDS,
  RESOURCES,
  readShares,
  type SharesOfChannel,
  type TypedShares,
  typedOf,
  wordsOfUse,
} from "./share-words.ts";

/** The most that one channel may have of each thing, beside what it has. */
export function SharesDialog({
  regionId,
  channel,
  timeZone,
  onClose,
}: {
  regionId: RegionId;
  channel: SharesOfChannel;
  timeZone: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [typed, setTyped] = useState<TypedShares>(() => typedOf(channel.shares));
  /** What the last change took the place of. */
  const [former, setFormer] = useState<ChannelShares | null>(null);
  const save = useMutation(
    trpc.tower.setChannelShares.mutationOptions({
      onSuccess: () => {
        setFormer(channel.shares);
        toast("The shares are changed", { tone: "ok" });
      },
      onSettled: () => queryClient.invalidateQueries(trpc.tower.channelShares.pathFilter()),
    }),
  );
  const wanted = readShares(typed);
  const isWrong = (field: keyof ChannelShares) => "wrong" in wanted && wanted.wrong.has(field);
  const set = (field: keyof ChannelShares, text: string) => setTyped((now) => ({ ...now, [field]: text }));
  const change = (shares: ChannelShares) => save.mutate({ regionId, channelId: channel.channelId, shares });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Shares of ${channel.name}`}
      description="The most that it may have of each, in percent. Empty: not limited. What is promised stays."
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if ("shares" in wanted) change(wanted.shares);
        }}
      >
        {RESOURCES.map((resource) => {
          const use = channel.uses[resource];
          return (
            <TextField
              key={resource}
              label={RESOURCE_WORDS[resource]}
              hint={use ? `It has ${wordsOfUse(use, timeZone)}` : "There is none in the coming week."}
              error={isWrong(resource) ? "A whole number from 0 to 99, or nothing" : undefined}
              inputMode="numeric"
              value={typed[resource]}
              onChange={(event) => set(resource, event.target.value)}
            />
          );
        })}
        <TextField
          label="Its shares lapse so many hours before"
          hint="From then on what would go unsold is there for it too. Empty: they hold to the end."
          error={isWrong("lapsesHours") ? "Whole hours from 1 to 720, or nothing" : undefined}
          inputMode="numeric"
          value={typed.lapsesHours}
          onChange={(event) => set("lapsesHours", event.target.value)}
        />
        {save.isError && <FaultNotice sentence={readFault(save.error).sentence} />}
        <div className="flex flex-wrap gap-3">
          <Button
            type="submit"
            variant="primary"
            pending={save.isPending}
            disabledReason={"wrong" in wanted ? "One of the fields does not make sense yet." : null}
          >
            Change the shares
          </Button>
          {former && (
            <Button
              onClick={() => {
                setTyped(typedOf(former));
                change(former);
              }}
              disabledReason={save.isPending ? "They are being changed." : null}
            >
              Undo the change
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
