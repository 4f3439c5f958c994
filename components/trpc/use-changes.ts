"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useSupabaseLoader } from "./connection.tsx";

export type Liveness = "connecting" | "live" | "refused";

/**
 * Calls `onChange` whenever the topic says that something changed, and at every (re)subscription: what was said while
 * nobody listened is lost, so the caller reads again. A burst of messages makes one call. A null topic listens to nothing.
 *
 * A refusal ends the subscription: the client would otherwise knock again every ten seconds for ever.
 */
export function useChanges(topic: string | null, onChange: () => void): Liveness {
  const loadSupabase = useSupabaseLoader();
  const [liveness, setLiveness] = useState<Liveness>("connecting");
  const changed = useEffectEvent(onChange);

  useEffect(() => {
    if (!topic) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stop: (() => void) | undefined;
    let over = false;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        changed();
      }, 120);
    };
    const listen = async () => {
      const supabase = await loadSupabase();
      await supabase.realtime.setAuth();
      if (over) return;
      const channel = supabase.channel(topic, { config: { private: true } });
      stop = () => void supabase.removeChannel(channel);
      channel.on("broadcast", { event: "changed" }, soon);
      channel.subscribe((status, error) => {
        if (over) return;
        if (status === "SUBSCRIBED") {
          setLiveness("live");
          soon();
        } else if (error && /unauthorized|permission/i.test(error.message)) {
          setLiveness("refused");
          stop?.();
        } else {
          setLiveness("connecting");
        }
      });
    };
    // Without the connection the screen still works, only not live: `liveness` says so.
    listen().catch(() => setLiveness("connecting"));
    return () => {
      over = true;
      clearTimeout(timer);
      stop?.();
    };
  }, [loadSupabase, topic]);

  return liveness;
}
