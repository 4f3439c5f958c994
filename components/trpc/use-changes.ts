"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useSupabase } from "./connection.tsx";

export type Liveness = "connecting" | "live" | "refused";

/**
 * Calls `onChange` whenever the topic says that something changed, and at every (re)subscription: what was said while
 * nobody listened is lost, so the caller reads again. A burst of messages makes one call.
 *
 * A refusal ends the subscription: the client would otherwise knock again every ten seconds for ever.
 */
export function useChanges(topic: string | null, onChange: () => void): Liveness {
  const supabase = useSupabase();
  const [liveness, setLiveness] = useState<Liveness>("connecting");
  const changed = useEffectEvent(onChange);

  useEffect(() => {
    if (!topic) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        changed();
      }, 120);
    };
    const channel = supabase.channel(topic, { config: { private: true } });
    channel.on("broadcast", { event: "changed" }, soon);
    void supabase.realtime.setAuth().then(() => {
      channel.subscribe((status, error) => {
        if (status === "SUBSCRIBED") {
          setLiveness("live");
          soon();
        } else if (error && /unauthorized|permission/i.test(error.message)) {
          setLiveness("refused");
          void supabase.removeChannel(channel);
        } else {
          setLiveness("connecting");
        }
      });
    });
    return () => {
      clearTimeout(timer);
      void supabase.removeChannel(channel);
    };
  }, [supabase, topic]);

  return liveness;
}
