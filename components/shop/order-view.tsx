"use client";

import { useQuery } from "@tanstack/react-query";
import { MapPin } from "lucide-react";
import dynamic from "next/dynamic";
import { Fragment, useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { type Liveness, useChanges } from "#components/trpc/use-changes.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TimeText, WindowText } from "#components/ui/time-text.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { OrderToken } from "#server/domain/id.ts";
import { fillText } from "./fill-text.ts";
import { OrderChange, OrderChanges } from "./order-change.tsx";
import { OrderDoor } from "./order-door.tsx";
import { OrderProgress } from "./order-progress.tsx";
import type { OutputOf } from "./output-of.ts";
import { ProductArt } from "./product-art.tsx";
import { useWords } from "./words.tsx";

type Order = OutputOf["orders"]["byToken"];
type Part = Order["parts"][number];

// Fetched when there is something to see on it.
const OrderMap = dynamic(() => import("./order-map.tsx").then((module) => module.OrderMap), {
  ssr: false,
  loading: () => <Skeleton className="h-full w-full rounded-none" />,
});

/** A near van moves without any event; farther away, or without one, the topic says when to look. */
const NEAR_POLL_MS = 5_000;
const COMING_POLL_MS = 30_000;
const QUIET_POLL_MS = 120_000;

function pollMs(order: Order | undefined): number | false {
  if (!order) return false;
  if (order.state === "delivered" || order.state === "failed") return false;
  return order.van ? NEAR_POLL_MS : nextPart(order) ? COMING_POLL_MS : QUIET_POLL_MS;
}

/** The part that is expected next, of those whose van is on its way. */
function nextPart({ parts }: Order): Part | undefined {
  const coming = parts.filter((part) => part.etaAt !== null);
  return coming.sort((a, b) => Date.parse(a.etaAt!) - Date.parse(b.etaAt!))[0];
}

/** An order by its link, followed live. */
export function OrderView({ token }: { token: OrderToken }) {
  const trpc = useTRPC();
  const { error } = useWords();
  const query = useQuery(
    trpc.orders.byToken.queryOptions({ token }, { refetchInterval: ({ state }) => pollMs(state.data) }),
  );
  const liveness = useChanges(`order:${token}`, () => void query.refetch());
  if (!query.data)
    return query.isError ? (
      <FaultNotice sentence={error(query.error)} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton className="h-96 rounded-card" />
    );
  return <Opened order={query.data} token={token} liveness={liveness} />;
}

function Opened({ order, token, liveness }: { order: Order; token: OrderToken; liveness: Liveness }) {
  const { say } = useWords();
  const { service } = order;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-4">
      <header>
        <div className="flex items-center justify-between gap-4">
          <p className="text-ink-muted">{fillText(say.order.title, { number: order.number })}</p>
          <Badge tone={liveness === "live" ? "ok" : "neutral"}>
            {liveness === "live" ? say.order.live : say.order.notLive}
          </Badge>
        </div>
        <h1 className="font-semibold text-2xl sm:text-3xl">{say.order.headline[service][order.state]}</h1>
      </header>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <Headline order={order} service={service} />
          {order.van && (
            <Card className="overflow-hidden">
              <div className="h-72 sm:h-96">
                <OrderMap label={say.order.mapLabel} door={order} van={order.van} />
              </div>
              <p className="flex flex-wrap justify-between gap-x-4 px-4 py-3 text-ink-muted text-sm">
                {order.van.source === "reported" ? say.order.vanReported : say.order.vanEstimated}
                <TimeText at={order.van.at} zone={order.timeZone} />
              </p>
            </Card>
          )}
          {order.parts.length > 1 && <Parts order={order} />}
          <OrderChange order={order} token={token} />
          {service === "delivery" && <OrderDoor order={order} token={token} />}
          {order.pickupPlace && <PickupCard order={order} place={order.pickupPlace} />}
          <Card className="px-4 pt-5 pb-2 sm:px-6">
            <h2 className="sr-only">{say.order.progress}</h2>
            <OrderProgress steps={order.timeline} service={service} timeZone={order.timeZone} />
            <OrderChanges order={order} />
          </Card>
        </div>
        <Contents order={order} service={service} />
      </div>
      <p className="text-ink-muted text-sm">
        {say.order.keepLink}
        {order.certificates.map((repromise) => (
          <Fragment key={repromise}>
            {" "}
            <a
              className="underline underline-offset-2"
              href={`/api/order/${token}/certificate${repromise > 0 ? `?repromise=${repromise}` : ""}`}
              download
            >
              {repromise > 0 ? fillText(say.order.certificateOfChange, { number: repromise }) : say.order.certificate}
            </a>
          </Fragment>
        ))}
      </p>
    </div>
  );
}

/** The one thing to know now: when. */
function Headline({ order, service }: { order: Order; service: Order["service"] }) {
  const { say, count } = useWords();
  const next = nextPart(order);
  const leftWith = order.parts.find((part) => part.leftWith !== null)?.leftWith;
  const carriers = [...new Set(order.parts.flatMap(({ carrier }) => carrier ?? []))];
  const givenUp = order.parts.filter(({ isGivenUp }) => isGivenUp);
  if (givenUp.length > 0 && givenUp.length === order.parts.length)
    return <FaultNotice tone="risk" sentence={say.order.givenUp.order} />;
  const without = givenUp.length > 0 && (
    <FaultNotice
      tone="warn"
      sentence={fillText(say.order.givenUp.part, {
        goods: givenUp.flatMap(({ lines }) => lines.map((line) => `${line.units} × ${line.name}`)).join(", "),
      })}
    />
  );
  const isOnlyWithout = order.parts.every(({ state, isGivenUp }) => isGivenUp || state === "delivered");
  if (without && isOnlyWithout) return without;
  if (order.state === "failed") {
    const failReason = order.parts.find((part) => part.failReason !== null)?.failReason;
    return <FaultNotice tone="risk" sentence={say.order.fail[failReason ?? "other"]} />;
  }
  return (
    <>
      {without}
      {order.isParked && <FaultNotice tone="info" sentence={say.order.parked} />}
      {order.state === "unplaced" && <FaultNotice tone="warn" sentence={say.order.unplacedHint[service]} />}
      <Card className="flex flex-col gap-1 px-4 py-5 sm:px-6" aria-live="polite">
        <p className="text-ink-muted">{say.order.promised[service]}</p>
        <p className="font-semibold text-xl">
          <WindowText startsAt={order.agreedStartsAt} endsAt={order.agreedEndsAt} zone={order.timeZone} withDay />
        </p>
        {order.repromises.length > 0 && (
          <p className="text-ink-muted text-sm">
            {say.change.firstPromised}{" "}
            <WindowText startsAt={order.promiseStartsAt} endsAt={order.promiseEndsAt} zone={order.timeZone} withDay />
          </p>
        )}
        {carriers.length > 0 && <p>{fillText(say.order.carrier, { carrier: carriers.join(", ") })}</p>}
        {next?.etaAt && (
          <p className="mt-1">
            {say.order.expected}{" "}
            <span className="font-semibold text-accent">
              <TimeText at={next.etaAt} zone={order.timeZone} />
            </span>
            {". "}
            {next.doorsBefore !== null &&
              (next.doorsBefore === 0 ? say.order.nextDoor : count(say.order.doorsBefore, next.doorsBefore))}
          </p>
        )}
        {order.parts.length === 1 && <TransferNote part={order.parts[0]!} zone={order.timeZone} />}
        {leftWith && leftWith !== "customer" && <p className="mt-1">{say.wishes.left[leftWith]}</p>}
        {service !== "pickup" && (
          <p className="mt-1 flex items-center gap-2 text-ink-muted">
            <MapPin className="size-4 shrink-0" aria-hidden="true" />
            <span className="min-w-0">{order.address}</span>
          </p>
        )}
      </Card>
    </>
  );
}

/** What comes from where, and when, of an order that several stores serve. */
function Parts({ order }: { order: Order }) {
  const { say } = useWords();
  return (
    <Card className="px-4 py-4 sm:px-6 sm:py-5">
      <h2 className="mb-1 font-semibold text-lg">{say.order.parts}</h2>
      <ul className="divide-y divide-line">
        {order.parts.map((part, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a shopper is told no id of a part, and their order stays.
          <li key={place} className="flex flex-col gap-1 py-3">
            <span className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
              <span className="font-medium">
                {part.nodeName ?? (part.isGivenUp ? say.order.givenUp.place : say.order.noStoreYet)}
              </span>
              <Badge tone={PART_TONES[part.state]}>
                {part.isGivenUp ? say.order.givenUp.state : say.order.partStates[part.state]}
              </Badge>
            </span>
            <span className="text-ink-muted text-sm">
              {part.carrier ? fillText(say.order.carrier, { carrier: part.carrier }) : say.order.partBy[part.service]},{" "}
              {part.etaAt ? (
                <TimeText at={part.etaAt} zone={order.timeZone} />
              ) : (
                <WindowText startsAt={part.windowStartsAt} endsAt={part.windowEndsAt} zone={order.timeZone} withDay />
              )}
            </span>
            <TransferNote part={part} zone={order.timeZone} />
            <span className="text-sm">{part.lines.map((line) => `${line.units} × ${line.name}`).join(", ")}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Where it is now, of what another store sends to where it is collected. */
function TransferNote({ part: { transfer, nodeName }, zone }: { part: Part; zone: string }) {
  const { say, time } = useWords();
  if (!transfer || nodeName === null) return null;
  const at = transfer.step === "waiting" ? transfer.leavesAt : transfer.readyAt;
  return (
    <span className="text-sm">
      {fillText(say.order.transfer[transfer.step], { place: nodeName, time: time(at, zone, "day-time") })}
    </span>
  );
}

const PART_TONES: Record<Part["state"], Tone> = {
  confirmed: "neutral",
  ready: "info",
  on_the_way: "info",
  arrived: "info",
  delivered: "ok",
  failed: "risk",
  unplaced: "warn",
};

function PickupCard({ order, place }: { order: Order; place: NonNullable<Order["pickupPlace"]> }) {
  const { say } = useWords();
  const [mapWanted, setMapWanted] = useState(false);
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-col gap-1 px-4 py-5 sm:px-6">
        <h2 className="font-semibold text-lg">{place.name}</h2>
        <p className="text-ink-muted">{place.address}</p>
        {order.state !== "delivered" && <p>{say.order.bring}</p>}
        {!mapWanted && (
          <div className="mt-2">
            <Button size="small" onClick={() => setMapWanted(true)}>
              {say.order.showPlace}
            </Button>
          </div>
        )}
      </div>
      {mapWanted && (
        <div className="h-72">
          <OrderMap label={say.order.placeMapLabel} door={place} van={null} />
        </div>
      )}
    </Card>
  );
}

function Contents({ order, service }: { order: Order; service: Order["service"] }) {
  const { say, money, price } = useWords();
  const { currency } = order;
  return (
    <Card className="px-4 py-4 sm:px-6 sm:py-5">
      <h2 className="mb-1 font-semibold text-lg">{say.order.contents}</h2>
      <ul className="divide-y divide-line">
        {order.lines.map((line) => (
          <li key={line.skuId} className="flex items-center gap-3 py-2.5">
            <ProductArt skuId={line.skuId} category={line.category} className="size-10 shrink-0 rounded-control" />
            <span className="min-w-0 flex-1 text-sm leading-snug">
              {line.units} × {line.name}
            </span>
            <span className="text-sm">{money(line.priceCents * line.units, currency)}</span>
          </li>
        ))}
      </ul>
      {order.leftOut.length > 0 && (
        <p className="mt-3 text-ink-muted text-sm">
          {fillText(say.leftOut.ofOrder, {
            goods: order.leftOut.map(({ name, units }) => `${units} × ${name}`).join(", "),
          })}
        </p>
      )}
      <dl className="flex flex-col gap-1 border-line border-t pt-3">
        <div className="flex justify-between gap-4">
          <dt className="text-ink-muted">{say.shop[service]}</dt>
          <dd>{price(order.priceCents, currency)}</dd>
        </div>
        <div className="flex justify-between gap-4 font-semibold text-lg">
          <dt>{say.shop.total}</dt>
          <dd>{money(order.goodsCents + order.priceCents, currency)}</dd>
        </div>
      </dl>
    </Card>
  );
}
