"use client";

import { useCallback, useEffect, useEffectEvent } from "react";
import { EMBED_VERSION, type HostMessage, isForPicker, type PickerMessage, readHostMessage } from "./embed-contract.ts";

/**
 * The page around the picker: hears its messages, and says something to it. Only the window that embeds us and only its
 * origin are listened to; what is said reaches no other origin, also when that window has gone somewhere else.
 */
export function useEmbedHost(
  host: string,
  onMessage: (message: HostMessage) => void,
): (message: PickerMessage) => void {
  const say = useCallback(
    (message: PickerMessage) => {
      if (window.parent !== window) window.parent.postMessage({ kept: EMBED_VERSION, ...message }, host);
    },
    [host],
  );
  const heard = useEffectEvent((event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || event.origin !== host || !isForPicker(event.data)) return;
    const message = readHostMessage(event.data);
    if ("wrong" in message) say({ type: "refused", what: message.wrong });
    else onMessage(message);
  });
  useEffect(() => {
    const listen = (event: MessageEvent<unknown>) => heard(event);
    window.addEventListener("message", listen);
    say({ type: "ready" });
    return () => window.removeEventListener("message", listen);
  }, [say]);
  return say;
}
