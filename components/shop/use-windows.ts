"use client";

import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import type { OrderToken } from "#server/domain/id.ts";
import type { PickupRequest, PickupView, QuoteRequest, QuoteView, WindowView } from "#server/domain/quote.ts";
import type { Way } from "./slot-board.ts";

/** New offers are asked for so long before the old ones run out. */
const REQUOTE_EARLY_MS = 30_000;

export interface Windows {
  /** The quote for the cart and address: delivery windows, days of parcels, and where it could be picked up. */
  readonly quote: QuoteView | undefined;
  /** Of the way that is looked at; undefined while they are asked for. */
  readonly windows: readonly WindowView[] | undefined;
  readonly isFetching: boolean;
  /** The answer is late because too much was asked; it is asked for again by itself. */
  readonly isWaiting: boolean;
  /** The quote answers the request before this one: with other wishes, or another hold. */
  readonly isOfFormer: boolean;
  /** Set when there is nothing to show for it. */
  readonly error: unknown;
  /** Asks again; resolves to the way's windows, or undefined when that failed. */
  refresh(): Promise<readonly WindowView[] | undefined>;
}

/** The windows of a way, renewed before their offers run out. */
export function useWindows(request: QuoteRequest, way: Way): Windows {
  const trpc = useTRPC();
  // Another hold makes another request, for the same cart and door: what is on the screen stays until the answer is there.
  const quote = useQuery(
    trpc.promise.quote.queryOptions(request, { ...KEPT_SHORT, placeholderData: keepPreviousData }),
  );
  const nodeId = way.place?.nodeId;
  const pickup = useQuery(
    trpc.promise.pickup.queryOptions(
      { ...request, nodeId: nodeId! },
      {
        ...KEPT_SHORT,
        enabled: nodeId !== undefined,
        placeholderData: (previous, query) => (sameNode(query?.queryKey[1]?.input, nodeId) ? previous : undefined),
      },
    ),
  );
  return useRenewed(quote, pickup, way);
}

/** The same of those that an order could be moved to. */
export function useOrderWindows(token: OrderToken, wishes: VisitWishes, way: Way): Windows {
  const trpc = useTRPC();
  const quote = useQuery(
    trpc.orders.quoteChange.queryOptions({ token, wishes }, { ...KEPT_SHORT, placeholderData: keepPreviousData }),
  );
  const nodeId = way.place?.nodeId;
  const pickup = useQuery(
    trpc.orders.quotePickupChange.queryOptions(
      { token, nodeId: nodeId! },
      { ...KEPT_SHORT, enabled: nodeId !== undefined },
    ),
  );
  return useRenewed(quote, pickup, way);
}

const KEPT_SHORT = { staleTime: 5_000, refetchOnWindowFocus: false } as const;

/** As the queries answer: the errors' types are of no interest here. */
type Answer<Data> = Pick<
  UseQueryResult<Data, unknown>,
  "data" | "dataUpdatedAt" | "error" | "failureReason" | "isFetching" | "isPlaceholderData" | "refetch"
>;

function useRenewed(quote: Answer<QuoteView>, pickup: Answer<PickupView>, way: Way): Windows {
  const nodeId = way.place?.nodeId;
  const isPickup = nodeId !== undefined;
  const brought = (data: QuoteView | undefined) => (way.mode === "parcel" ? data?.parcel : data?.delivery);
  const shown = isPickup ? pickup : quote;

  const renew = useEffectEvent(() => void shown.refetch());
  const { data, dataUpdatedAt } = shown;
  const lastsMs = data && Date.parse(data.offersExpireAt) - Date.parse(data.now);
  useEffect(() => {
    if (lastsMs === undefined || dataUpdatedAt === 0) return;
    const timer = setTimeout(renew, Math.max(5_000, lastsMs - REQUOTE_EARLY_MS));
    return () => clearTimeout(timer);
  }, [lastsMs, dataUpdatedAt]);

  return {
    quote: quote.data,
    windows: isPickup ? pickup.data?.windows : brought(quote.data),
    isFetching: shown.isFetching,
    isWaiting: shown.isFetching && readFault(shown.failureReason).code === "too-many-requests",
    isOfFormer: quote.isPlaceholderData,
    error: quote.data === undefined ? quote.error : isPickup && pickup.data === undefined ? pickup.error : null,
    async refresh() {
      if (!isPickup) return brought((await quote.refetch()).data);
      // Which stores have the cart may have changed too; the windows of this one are what is waited for.
      void quote.refetch();
      return (await pickup.refetch()).data?.windows;
    },
  };
}

function sameNode(input: unknown, nodeId: string | undefined): boolean {
  return (input as Partial<PickupRequest> | undefined)?.nodeId === nodeId;
}
