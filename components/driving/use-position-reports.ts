"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useTRPCClient } from "#components/trpc/connection.tsx";
import type { RunSheet } from "./driving-data.ts";

/** A van moves a few hundred metres in this time; more often would only empty the battery. */
const EVERY_MS = 15_000;

/**
 * `asking`: the phone has not been asked yet, a tap may. `sharing`: positions are sent. `refused`: the person or the phone
 * says no. `absent`: this browser knows no positions.
 */
export type Sharing = "asking" | "sharing" | "refused" | "absent";

/**
 * Tells the platform where the phone is while `active`. Asked for by a tap, never by itself; without it the platform
 * estimates from the plan. A report that fails is forgotten: the next one knows better.
 */
export function usePositionReports(
  shiftId: RunSheet["shiftId"],
  active: boolean,
): { sharing: Sharing; share: () => void } {
  const client = useTRPCClient();
  const [sharing, setSharing] = useState<Sharing>("asking");
  const report = useEffectEvent(({ coords }: GeolocationPosition) => {
    void client.driving.reportPosition
      .mutate({ shiftId, lng: coords.longitude, lat: coords.latitude })
      .catch(() => undefined);
  });

  useEffect(() => {
    if (!("geolocation" in navigator)) {
      setSharing("absent");
      return;
    }
    let over = false;
    // Who agreed on an earlier run is not asked again.
    void navigator.permissions
      ?.query({ name: "geolocation" })
      .then(({ state }) => {
        if (!over && state !== "prompt") setSharing(state === "granted" ? "sharing" : "refused");
      })
      .catch(() => undefined);
    return () => {
      over = true;
    };
  }, []);

  useEffect(() => {
    if (!active || sharing !== "sharing") return;
    let reportedAtMs = Number.NEGATIVE_INFINITY;
    const watch = navigator.geolocation.watchPosition(
      (position) => {
        if (performance.now() - reportedAtMs < EVERY_MS) return;
        reportedAtMs = performance.now();
        report(position);
      },
      (error) => error.code === error.PERMISSION_DENIED && setSharing("refused"),
      { enableHighAccuracy: true, maximumAge: EVERY_MS, timeout: 2 * EVERY_MS },
    );
    return () => navigator.geolocation.clearWatch(watch);
  }, [active, sharing]);

  return { sharing, share: () => setSharing("sharing") };
}
