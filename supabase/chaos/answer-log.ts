import type { Database } from "#server/db/database.ts";
import type { ConfirmedOrder } from "./client-steps.ts";
import type { Violation } from "./violation.ts";

// What the clients were told, and what the database must therefore say for ever: after a crash of a client, after one of
// the server, at the end. The log lives in the clients' memory alone; no transaction can take it back.

/** What is known of one request, over all its repeats. */
export interface Asked {
  /** It was answered: it was done. */
  isAnswered: boolean;
  /** An answer was lost at the commit: it was done or not. */
  isUncertain: boolean;
}

interface AskedConfirm extends Asked {
  readonly token: string;
  times: number;
  order: ConfirmedOrder | undefined;
  /** The platform's time before the call, where that call was the first and its answer came. */
  askedAtMs: number | undefined;
}

/** What became of one hold, as far as the clients were told. */
export interface HoldStory {
  readonly holdId: string;
  readonly placed: Asked;
  readonly confirms: Map<string, AskedConfirm>;
  readonly released: Asked & { as: string | undefined };
  /** Given up for another hold. */
  readonly swapped: Asked;
  /** Confirmed, and moved to another hold since. */
  readonly moved: Asked;
  /** Until when it was extended, by the client's key of that wish. */
  readonly extensions: Map<string, Asked & { untilMs: number }>;
  /** By the id of the part. */
  readonly parts: ReadonlyMap<string, { readonly rejected: Asked; readonly handedOver: Asked }>;
}

const asked = (): Asked => ({ isAnswered: false, isUncertain: false });
const maybe = ({ isAnswered, isUncertain }: Asked) => isAnswered || isUncertain;

export class AnswerLog {
  readonly #stories = new Map<string, HoldStory>();
  /** By the client's key. */
  readonly #parkings = new Map<
    string,
    { readonly orderId: string; readonly parked: Asked; readonly released: Asked }
  >();

  get holds(): number {
    return this.#stories.size;
  }

  /** The first of the parts is the lead, by whose id the hold is called. */
  begin(partIds: readonly string[]): HoldStory {
    const story: HoldStory = {
      holdId: partIds[0]!,
      placed: asked(),
      confirms: new Map(),
      released: { ...asked(), as: undefined },
      swapped: asked(),
      moved: asked(),
      extensions: new Map(),
      parts: new Map(partIds.map((id) => [id, { rejected: asked(), handedOver: asked() }])),
    };
    this.#stories.set(story.holdId, story);
    return story;
  }

  askExtension(story: HoldStory, extensionId: string): Asked & { untilMs: number } {
    const extension = story.extensions.get(extensionId) ?? { ...asked(), untilMs: 0 };
    story.extensions.set(extensionId, extension);
    return extension;
  }

  askParking(orderId: string, parkingId: string): Asked {
    const parked = asked();
    this.#parkings.set(parkingId, { orderId, parked, released: asked() });
    return parked;
  }

  /** Notes that an order is to be released; its answer says so of what was known to be parked before. */
  askUnparking(orderId: string): { answered(): void; uncertain(): void } {
    const ofOrder = [...this.#parkings.values()].filter((parking) => parking.orderId === orderId);
    const known = new Set(ofOrder.filter(({ parked }) => parked.isAnswered));
    const note = (isAnswered: boolean) => {
      for (const parking of ofOrder) {
        if (isAnswered && known.has(parking)) parking.released.isAnswered = true;
        else parking.released.isUncertain = true;
      }
    };
    return { answered: () => note(true), uncertain: () => note(false) };
  }

  /** Notes a call of confirm, before it is made. */
  askConfirm(story: HoldStory, orderId: string, token: string): void {
    const confirm = story.confirms.get(orderId);
    if (confirm) confirm.times++;
    else story.confirms.set(orderId, { ...asked(), token, times: 1, order: undefined, askedAtMs: undefined });
  }

  /** Notes its answer. Returns what is wrong with it, if anything. */
  answerConfirm(
    story: HoldStory,
    orderId: string,
    answer: ConfirmedOrder & { readonly askedAtMs?: number },
  ): Violation | undefined {
    const confirm = story.confirms.get(orderId)!;
    const before = confirm.order;
    confirm.isAnswered = true;
    confirm.order = answer;
    if (confirm.times === 1) confirm.askedAtMs = answer.askedAtMs;
    if (before && (before.number !== answer.number || before.token !== answer.token)) {
      return {
        signal: "repeat answered otherwise",
        detail: `order ${orderId}: ${before.number}, then ${answer.number}`,
      };
    }
    if (answer.token !== confirm.token) {
      return { signal: "answered for another", detail: `order ${orderId} came back with a token that nobody gave it` };
    }
    return undefined;
  }

  /** Everything that the database says otherwise than the clients were told. */
  async verify(sql: Database): Promise<Violation[]> {
    const parts = await sql<PartRow[]>`
      select h.id, h.lead_id as "leadId", h.state, (extract(epoch from h.expires_at) * 1000)::float8 as "expiresAtMs",
        (extract(epoch from h.settled_at) * 1000)::float8 as "settledAtMs",
        f.state as "fulfilmentState", o.id as "orderId", o.number, o.token
      from public.holds h
      left join public.fulfilments f on f.hold_id = h.id
      left join public.orders o on o.id = f.order_id`;
    const partsOf = Map.groupBy(parts, ({ leadId }) => leadId);
    const found: Violation[] = [];
    for (const story of this.#stories.values()) {
      found.push(...contradictions(story, partsOf.get(story.holdId) ?? []));
      partsOf.delete(story.holdId);
    }
    for (const stranger of partsOf.keys()) {
      found.push({ signal: "done without being asked", detail: `hold ${stranger} is nobody's` });
    }
    return [...found, ...(await this.#verifyParkings(sql))];
  }

  async #verifyParkings(sql: Database): Promise<Violation[]> {
    const rows = await sql<{ id: string; isReleased: boolean }[]>`
      select id, released_at is not null as "isReleased" from public.parkings`;
    const isReleased = new Map(rows.map((row) => [row.id, row.isReleased]));
    const found: Violation[] = [];
    for (const [id, { orderId, parked, released }] of this.#parkings) {
      const say = (signal: string, detail: string) => found.push({ signal, detail: `order ${orderId}: ${detail}` });
      const isThere = isReleased.has(id);
      if (parked.isAnswered && !isThere) say("acknowledged parking lost", "it was parked, and is not");
      if (isThere && !maybe(parked)) say("half done", "nobody who committed has parked it, and it is parked");
      if (released.isAnswered && isReleased.get(id) === false)
        say("acknowledged parking lost", "it was released, and is parked");
      if (isReleased.get(id) && !maybe(released))
        say("half done", "nobody has released it, and it is no longer parked");
    }
    return found;
  }
}

interface PartRow {
  readonly id: string;
  readonly leadId: string;
  readonly state: string;
  readonly expiresAtMs: number;
  readonly settledAtMs: number | null;
  readonly fulfilmentState: string | null;
  readonly orderId: string | null;
  readonly number: number | null;
  readonly token: string | null;
}

const CONFIRMED: ReadonlySet<string> = new Set(["confirmed", "fulfilled"]);

function contradictions(story: HoldStory, rows: readonly PartRow[]): Violation[] {
  const found: Violation[] = [];
  const say = (signal: string, detail: string) => found.push({ signal, detail: `hold ${story.holdId}: ${detail}` });
  const lead = rows.find(({ id }) => id === story.holdId);
  if (!lead) {
    if (story.placed.isAnswered) say("acknowledged hold lost", "it was placed, and is not there");
    for (const [orderId, { isAnswered }] of story.confirms) {
      if (isAnswered) say("acknowledged confirm lost", `order ${orderId} was confirmed, and its hold is not there`);
    }
    if (rows.length > 0) say("half done", "there are parts without their lead");
    return found;
  }
  if (!maybe(story.placed)) say("half done", "it was refused, or the client died before its commit, and it is there");
  if (rows.length !== story.parts.size) say("half done", `${rows.length} of its ${story.parts.size} parts are there`);

  const orderIds = new Set(rows.map(({ orderId }) => orderId));
  if (orderIds.size > 1) say("half done", "its parts are not all of one order");
  const { orderId } = lead;
  for (const [askedId, confirm] of story.confirms) {
    const isThere = askedId === orderId;
    if (confirm.isAnswered && !isThere)
      say("acknowledged confirm lost", `order ${askedId} was confirmed, and is not there`);
    if (!maybe(confirm) && isThere) say("half done", `order ${askedId} was refused or never committed, and is there`);
    if (!isThere) continue;
    if (confirm.order && (lead.number !== confirm.order.number || lead.token !== confirm.order.token)) {
      say("acknowledged confirm lost", `order ${askedId} has another number or token than was told`);
    }
    if (confirm.askedAtMs !== undefined && confirm.times === 1 && confirm.askedAtMs >= lead.expiresAtMs) {
      const lateMs = Math.round(confirm.askedAtMs - lead.expiresAtMs);
      say("confirmed after its end", `asked ${lateMs} ms after the hold's time was over, and confirmed`);
    }
  }
  if (orderId !== null && !story.confirms.has(orderId)) say("done without being asked", `order ${orderId} is nobody's`);

  const extensions = [...story.extensions.values()];
  if (extensions.filter(({ isAnswered }) => isAnswered).length > 1) say("extended twice", "by two keys");
  for (const { isAnswered, untilMs } of extensions) {
    // What was told came in whole milliseconds.
    if (!isAnswered || Math.abs(lead.expiresAtMs - untilMs) < 1) continue;
    say(
      "acknowledged extension lost",
      `told ${new Date(untilMs).toISOString()}, is ${new Date(lead.expiresAtMs).toISOString()}`,
    );
  }
  if (lead.state === "expired" && lead.settledAtMs! < lead.expiresAtMs) {
    say("ended before its time", `by ${Math.round(lead.expiresAtMs - lead.settledAtMs!)} ms`);
  }

  const wasConfirmed = [...story.confirms.values()].some(({ isAnswered }) => isAnswered);
  for (const row of rows) {
    const part = story.parts.get(row.id);
    const isRejected = row.state === "released" && row.fulfilmentState === "rejected";
    const isMoved = row.state === "released" && row.fulfilmentState === "repromised";
    if (!part) {
      say("done without being asked", `part ${row.id} is nobody's`);
      continue;
    }
    if (wasConfirmed && !CONFIRMED.has(row.state) && !isRejected && !isMoved) {
      say("acknowledged confirm lost", `it was confirmed, and its part ${row.id} is ${row.state}`);
    }
    if (story.released.isAnswered && row.state !== story.released.as) {
      say(
        "acknowledged release lost",
        `the client was told "${story.released.as}", and part ${row.id} is ${row.state}`,
      );
    }
    if (story.swapped.isAnswered && row.state !== "released" && row.state !== "expired") {
      say("acknowledged swap lost", `it was given up for another, and its part ${row.id} is ${row.state}`);
    }
    if (row.state === "released" && !isRejected && !isMoved && !maybe(story.released) && !maybe(story.swapped)) {
      say("half done", `nobody who committed has released it, and part ${row.id} is released`);
    }
    if (isMoved && !maybe(story.moved)) say("half done", `nobody has moved it, and its part ${row.id} gave its place`);
    if (story.moved.isAnswered && !isMoved && !isRejected) {
      say("acknowledged move lost", `its order was moved, and part ${row.id} is ${row.fulfilmentState ?? row.state}`);
    }
    if (isRejected && !maybe(part.rejected))
      say("half done", `nobody has sent part ${row.id} back, and it is rejected`);
    if (part.rejected.isAnswered && row.fulfilmentState !== "rejected") {
      say("acknowledged cancellation lost", `part ${row.id} was sent back, and is ${row.fulfilmentState ?? row.state}`);
    }
    if (part.handedOver.isAnswered && row.fulfilmentState !== "handed_over" && row.fulfilmentState !== "delivered") {
      say("acknowledged hand-over lost", `part ${row.id} had left, and is ${row.fulfilmentState ?? row.state}`);
    }
  }
  return found;
}
