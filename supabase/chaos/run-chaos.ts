import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { makeRandom, type Random } from "#server/core/random.ts";
import { auditLedger, readInvariants, violations } from "#server/features/audit/audit-ledger.ts";
import { instant, NODES } from "#supabase/tests/network-fixture.ts";
import { AnswerLog, type HoldStory } from "./answer-log.ts";
import type { ChaosDatabase, ChaosServer } from "./chaos-server.ts";
import { AnswerLost, type Client, openClient, type Transact } from "./client.ts";
import {
  CLIENT_STEPS,
  type ClientSteps,
  type ConfirmedOrder,
  type Customer,
  type PlacedHold,
  platformMs,
} from "./client-steps.ts";
import { Gate } from "./gate.ts";
import { Pressure } from "./pressure.ts";
import { replayDatabase } from "./replay-ledger.ts";
import { makeSampler } from "./sampler.ts";
import {
  type AskedPart,
  drawMove,
  drawWish,
  mintId,
  PICKING_HOURS,
  type ReadRoute,
  requestOf,
  type Wish,
} from "./scarce-network.ts";
import type { Violation } from "./violation.ts";

// Many clients, all of whom may die at any statement, on a server that is killed now and then. The seed decides what is
// asked, who dies where and when the server is killed; the machine decides who comes first. So a seed makes a run alike,
// not equal, and what is asserted holds for every order.

export interface ChaosPlan {
  readonly attempts: number;
  readonly connections: number;
  /** Share of the attempts whose client dies in mid-transaction. */
  readonly crash: number;
  /** How often the server is killed. */
  readonly kills: number;
  readonly seed: number;
}

export interface ChaosOptions extends ChaosPlan {
  /** Others than the right ones: a mutant's. */
  readonly steps?: ClientSteps;
  readonly sweepEveryMs?: number;
  /** Ends at the first violation, and looks at everything after each so many attempts. */
  readonly judgeEvery?: number;
  readonly signal?: AbortSignal;
  onProgress?(made: number): void;
}

/** How often each kind of request came out how: "done", "gone" (the client died and did not ask again), or an SQLSTATE. */
export type Outcomes = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface ChaosReport {
  readonly attempts: number;
  readonly seconds: number;
  readonly outcomes: Outcomes;
  readonly latencies: Readonly<Record<string, { readonly p50Ms: number; readonly p99Ms: number }>>;
  readonly expired: number;
  /** Clients that died in mid-transaction, and answers lost by the deaths of the server. */
  readonly crashes: number;
  readonly lostToKills: number;
  /** How long each time from the kill until the server served again. */
  readonly recoveriesMs: readonly number[];
  readonly samples: number;
  readonly longestGapMs: number;
  readonly claims: number;
  readonly invariants: number;
  readonly found: readonly Found[];
}

export interface Found extends Violation {
  /** How many attempts had been begun when it was noticed. */
  readonly afterAttempts: number;
}

const SAMPLE_EVERY_MS = 25;
const SWEEP_EVERY_MS = 100;
const SWEPT_AT_ONCE = 50;
const LIFETIMES_SEC = [1, 1, 2, 3, 5, 20] as const;
/** A shopper who is told that the plan has moved on looks at the new one, so often. */
const PLAN_TRIES = 3;
/** A lost answer is asked for again so often at the most. */
const MOST_REPEATS = 20;
const MOST_FOUND = 20;
const LONGEST_WAIT_MS = 1500;
const PATIENCE_MS = 60_000;
const PATIENCE_OF_ATTEMPT_MS = 100;
/** Whose client waits by itself, so that its time says nothing of the server. */
const TOO_LATE = "confirm too late";

/** What a refused client is told by name, and may be told at any time. */
const REFUSALS: ReadonlySet<string> = new Set([
  "KPSTK",
  "KPWRK",
  "KPWIN",
  "KPCAR",
  "KPRUN",
  "KPVAN",
  "KPPLN",
  "KPDEP",
  "KPEXP",
  "KPSTA",
  "KPLIM",
]);

/** One request, with what its answer means for the log. */
interface Request<T> {
  readonly kind: string;
  /** Statements of its transactions, among which its client may die. */
  readonly statements: number;
  ask(transact: Transact): Promise<T>;
  answered?(answer: T): void;
  uncertain?(): void;
}

interface OpenHold {
  readonly story: HoldStory;
  readonly wish: Wish;
  expiresAtMs: number;
  readonly orderId: string;
  readonly token: string;
}

/** Runs one chaos on a fresh database and judges it. Rejects only for what is no finding: a server that does not start. */
export function runChaos(server: ChaosServer, database: ChaosDatabase, options: ChaosOptions): Promise<ChaosReport> {
  return new Chaos(server, database, options).run();
}

class Chaos {
  readonly #server: ChaosServer;
  readonly #database: ChaosDatabase;
  readonly #options: ChaosOptions;
  readonly #steps: ClientSteps;
  readonly #seed: Random;
  readonly #gate = new Gate();
  readonly #pressure: Pressure;
  readonly #log = new AnswerLog();
  readonly #sampler = makeSampler();
  readonly #clients = new Set<Client>();
  readonly #found: Found[] = [];
  readonly #outcomes: Record<string, Record<string, number>> = {};
  readonly #timesMs: Record<string, number[]> = {};
  readonly #recoveriesMs: number[] = [];
  /** Held as far as is known, and those that somebody has in hand at the moment. */
  readonly #open: OpenHold[] = [];
  readonly #inHand: OpenHold[] = [];
  readonly #confirmed: { story: HoldStory; partId: string }[] = [];
  readonly #settled: OpenHold[] = [];
  /** Orders by the hold that keeps them now, as far as is known, and how often they were moved. */
  readonly #orders: { readonly hold: OpenHold; readonly moves: number }[] = [];
  /** Paid for too late. */
  readonly #missed: OpenHold[] = [];
  /** Second connections of clients that do two things at once. */
  readonly #spareSlots: (() => Client)[] = [];
  #begun = 0;
  #crashes = 0;
  #lostToKills = 0;
  #expired = 0;
  #samples = 0;
  #longestGapMs = 0;
  #claims = 0;
  /** How far the platform's clock is ahead of ours. */
  #aheadMs = 0;
  #isOver = false;
  #isKilling = false;

  constructor(server: ChaosServer, database: ChaosDatabase, options: ChaosOptions) {
    this.#server = server;
    this.#database = database;
    this.#options = options;
    this.#steps = options.steps ?? CLIENT_STEPS;
    this.#seed = makeRandom(options.seed);
    this.#pressure = new Pressure(options.connections);
  }

  async run(): Promise<ChaosReport> {
    const startedMs = performance.now();
    const { attempts, connections } = this.#options;
    const killAt = new Set(drawKills(this.#seed.fork("kills"), attempts, this.#options.kills));
    const kills: Promise<void>[] = [];
    const patienceMs = PATIENCE_MS + attempts * PATIENCE_OF_ATTEMPT_MS;
    const deadlineMs = startedMs + patienceMs;
    await this.#jump(0);
    const background = [this.#sample(), this.#sweep(), this.#moveTheClock()];
    try {
      const worker = async () => {
        const slot = this.#slot();
        while (!this.#isStopping && this.#begun < attempts) {
          if (performance.now() > deadlineMs) {
            this.#report([
              { signal: "too slow", detail: `it should take ${Math.round(patienceMs / 1000)} s at the most` },
            ]);
            return;
          }
          await this.#pressure.pass(async () => {
            const i = this.#begun++;
            if (i >= attempts) return;
            this.#options.onProgress?.(i);
            if (killAt.has(i)) kills.push(this.#kill());
            else if (i > 0 && this.#options.judgeEvery !== undefined && i % this.#options.judgeEvery === 0) {
              await this.#gate.standStill(() => this.#judge());
            }
            await this.#attempt(slot, this.#seed.fork(`attempt ${i}`), i);
          });
        }
      };
      const workers = Array.from({ length: connections }, worker);
      await Promise.all(workers);
      await Promise.all(kills);
      // Whatever is still held is over now, and two seconds are enough to give it back.
      if (!this.#isStopping) {
        await this.#jump(60_000);
        await this.#untilSwept();
      }
      this.#isOver = true;
      await Promise.all(background);
      if (!this.#isStopping) await this.#gate.standStill(() => this.#judge());
    } finally {
      this.#isOver = true;
      await Promise.allSettled(background);
      await Promise.all([...this.#clients].map((client) => client.end()));
    }
    return {
      attempts: Math.min(this.#begun, this.#options.attempts),
      seconds: (performance.now() - startedMs) / 1000,
      outcomes: this.#outcomes,
      latencies: Object.fromEntries(
        Object.entries(this.#timesMs).map(([kind, times]) => [
          kind,
          { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) },
        ]),
      ),
      expired: this.#expired,
      crashes: this.#crashes,
      lostToKills: this.#lostToKills,
      recoveriesMs: this.#recoveriesMs,
      samples: this.#samples,
      longestGapMs: this.#longestGapMs,
      claims: this.#claims,
      invariants: readInvariants().length,
      found: this.#found,
    };
  }

  get #isStopping(): boolean {
    if (this.#options.signal?.aborted) return true;
    return this.#found.length > 0 && (this.#options.judgeEvery !== undefined || this.#found.length >= MOST_FOUND);
  }

  #report(found: readonly Violation[]): void {
    for (const violation of found) {
      const isKnown = this.#found.some((f) => f.signal === violation.signal && f.detail === violation.detail);
      if (!isKnown && this.#found.length < MOST_FOUND) {
        this.#found.push({ ...violation, afterAttempts: Math.min(this.#begun, this.#options.attempts) });
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------ connections

  /** A place for one connection, which is opened anew whenever it is lost. */
  #slot(): () => Client {
    let client: Client | undefined;
    return () => {
      if (!client || client.isLost()) {
        if (client) {
          this.#clients.delete(client);
          void client.end();
        }
        client = openClient(this.#database.url);
        this.#clients.add(client);
      }
      return client;
    };
  }

  /** Asks until there is an answer, or the client gives up. Answers how it came out. */
  async #request<T>(slot: () => Client, random: Random, request: Request<T>): Promise<string> {
    const { kind, statements } = request;
    const crash = random.chance(this.#options.crash)
      ? { afterStatements: 1 + random.below(statements), lingerMs: random.below(4) }
      : undefined;
    const dawdleMs = random.chance(0.25) ? random.below(12) : 0;
    const goesAway = random.chance(0.3);
    for (let times = 0; times < MOST_REPEATS; times++) {
      const isFirst = times === 0;
      const outcome = await this.#gate.pass(async () => {
        const startedMs = performance.now();
        const time = () => this.#time(kind, performance.now() - startedMs - (isFirst ? dawdleMs : 0));
        const killsBefore = this.#recoveriesMs.length;
        try {
          const client = slot();
          client.behave(isFirst ? { crash, dawdleMs } : {});
          const answer = await request.ask(client.transact);
          time();
          request.answered?.(answer);
          return "done";
        } catch (error) {
          if (error instanceof AnswerLost) {
            if (error.maybeDone) request.uncertain?.();
            if (isFirst && crash && killsBefore === this.#recoveriesMs.length && !this.#isKilling) this.#crashes++;
            else this.#lostToKills++;
            return "lost";
          }
          if (!(error instanceof postgres.PostgresError)) throw error;
          time();
          return this.#refused(kind, error);
        }
      });
      if (outcome !== "lost" || goesAway || this.#isStopping)
        return this.#count(kind, outcome === "lost" ? "gone" : outcome);
    }
    this.#report([{ signal: "no answer", detail: `${kind}: lost ${MOST_REPEATS} times in a row` }]);
    return this.#count(kind, "gone");
  }

  #refused(kind: string, { code, message, detail, where }: postgres.PostgresError): string {
    if (code === "40P01")
      this.#report([{ signal: "deadlock", detail: `${kind}: ${detail ?? message}\n${where ?? ""}` }]);
    else if (!REFUSALS.has(code)) {
      this.#report([{ signal: "refused without a name", detail: `${kind}: ${code} ${message}` }]);
    }
    return code;
  }

  #count(kind: string, outcome: string): string {
    this.#outcomes[kind] ??= {};
    const counts = this.#outcomes[kind];
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    return outcome;
  }

  #time(kind: string, ms: number): void {
    this.#timesMs[kind] ??= [];
    this.#timesMs[kind].push(ms);
    if (kind !== TOO_LATE) this.#pressure.told(ms);
  }

  // --------------------------------------------------------------------------------------------------------- attempts

  async #attempt(slot: () => Client, random: Random, i: number): Promise<void> {
    const acts: [weight: number, act: () => Promise<unknown> | undefined][] = [
      [46, () => undefined],
      [20, () => this.#confirm(slot, random, false)],
      [5, () => this.#confirm(slot, random, true)],
      [9, () => this.#release(slot, random)],
      [6, () => this.#swap(slot, random, i)],
      [4, () => this.#extend(slot, random)],
      [4, () => this.#reacquire(slot, random, i)],
      [6, () => this.#move(slot, random, i)],
      [14, () => this.#atTheNode(slot, random, "cancel")],
      [2, () => this.#atTheNode(slot, random, "hand over")],
      [3, () => this.#repeat(slot, random)],
      [2.5, () => this.#setCapacity(slot, random)],
      [0.5, () => this.#pause(slot, random)],
    ];
    let left = random.next() * acts.reduce((sum, [weight]) => sum + weight, 0);
    const [, act] = acts.find(([weight]) => {
      left -= weight;
      return left < 0;
    })!;
    // Nothing there to do it with: somebody has to place something first.
    await (act() ?? this.#place(slot, random, i));
  }

  async #place(slot: () => Client, random: Random, i: number): Promise<void> {
    const wish = this.#wish(random, i);
    // One checkout in two tabs: the limit on what it holds is asked by both at once.
    if (!wish.shopper || random.chance(0.6)) return this.#placeWish(slot, random, wish);
    const [here, there] = [random.fork("one tab"), random.fork("the other tab")];
    const twin = this.#wish(there, i, wish);
    await this.#withOtherTab((otherTab) =>
      Promise.all([this.#placeWish(slot, here, wish), this.#placeWish(otherTab, there, twin)]),
    );
  }

  async #placeWish(slot: () => Client, random: Random, wish: Wish): Promise<void> {
    const hold = this.#begin(wish, random);
    const ttlSec = random.pick(LIFETIMES_SEC);
    await this.#request(slot, random, {
      kind: wish.parts.length > 1 ? "hold of two nodes" : "hold",
      statements: 3 * shiftsOf(wish).length + 3,
      ask: (transact) => this.#onFreshPlan(transact, wish, (parts) => this.#steps.placeHold(transact, parts, ttlSec)),
      ...this.#placing(hold),
    });
  }

  /** A second connection of the same client. */
  async #withOtherTab<T>(work: (otherTab: () => Client) => Promise<T>): Promise<T> {
    const otherTab = this.#spareSlots.pop() ?? this.#slot();
    try {
      return await work(otherTab);
    } finally {
      this.#spareSlots.push(otherTab);
    }
  }

  #wish(random: Random, i: number, changed?: Wish): Wish {
    return drawWish(this.#database.network, random, `attempt ${i} of ${this.#options.seed}`, changed);
  }

  /** A hold that is about to be asked for, with the order that it may become. */
  #begin(wish: Wish, random: Random): OpenHold {
    const story = this.#log.begin(wish.parts.map(({ holdId }) => holdId));
    return { story, wish, expiresAtMs: 0, orderId: mintId(random), token: mintId(random).replaceAll("-", "") };
  }

  #placing(hold: OpenHold): Pick<Request<PlacedHold>, "answered" | "uncertain"> {
    return {
      answered: ({ expiresAtMs }) => {
        hold.story.placed.isAnswered = true;
        hold.expiresAtMs = expiresAtMs;
        this.#open.push(hold);
      },
      uncertain: () => {
        hold.story.placed.isUncertain = true;
      },
    };
  }

  /** Reads the routes that the wish would join and asks with its place in them, again when they have changed meanwhile. */
  async #onFreshPlan<T>(
    transact: Transact,
    wish: Wish,
    ask: (parts: readonly AskedPart[]) => Promise<T>,
    leaving?: ReadonlySet<string>,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      const routes = new Map<string, ReadRoute>();
      for (const shiftId of shiftsOf(wish)) routes.set(shiftId, await this.#steps.readRoute(transact, shiftId));
      const parts = requestOf(this.#database.network, wish, routes, leaving);
      if (!parts) throw routeIsFull();
      try {
        return await ask(parts);
      } catch (error) {
        if (!(error instanceof postgres.PostgresError && error.code === "KPPLN") || tries === PLAN_TRIES) throw error;
      }
    }
  }

  /** A hold to do something with; often one that somebody else has in hand, and mostly one whose time is not over. */
  #take(random: Random): OpenHold | undefined {
    if (this.#inHand.length > 0 && random.chance(0.3)) return random.pick(this.#inHand);
    const nowMs = Date.now() + this.#aheadMs;
    for (let tries = 0; tries < 6 && this.#open.length > 0; tries++) {
      const at = random.below(this.#open.length);
      const hold = this.#open[at]!;
      this.#open[at] = this.#open.at(-1)!;
      this.#open.pop();
      if (hold.expiresAtMs > nowMs || random.chance(0.2)) return hold;
    }
    return undefined;
  }

  async #inTheHandOf<T>(hold: OpenHold, work: () => Promise<T>): Promise<T> {
    this.#inHand.push(hold);
    try {
      return await work();
    } finally {
      this.#inHand.splice(this.#inHand.indexOf(hold), 1);
    }
  }

  /** `late`: the transaction begins before the hold's time is over, and asks after it. */
  #confirm(slot: () => Client, random: Random, late: boolean): Promise<unknown> | undefined {
    const hold = late ? this.#takeSoonestOver() : this.#take(random);
    if (!hold) return undefined;
    // The button pressed twice, or the same cart in another tab.
    const isSameTab = random.chance(0.7);
    const [orderId, token] = isSameTab
      ? [hold.orderId, hold.token]
      : [mintId(random), mintId(random).replaceAll("-", "")];
    const request = this.#confirmRequest(late ? TOO_LATE : "confirm", hold, orderId, token, late);
    const ask = async () => {
      const outcome = await this.#request(slot, random, request);
      if (outcome === "KPEXP") this.#missed.push(hold);
    };
    return late ? ask() : this.#inTheHandOf(hold, ask);
  }

  #confirmRequest(
    kind: string,
    hold: OpenHold,
    orderId: string,
    token: string,
    late: boolean,
  ): Request<Awaited<ReturnType<ClientSteps["confirmHold"]>>> {
    const { story } = hold;
    const waitForTheEnd = async (run: Parameters<typeof platformMs>[0]) => {
      const giveUpMs = performance.now() + LONGEST_WAIT_MS;
      for (;;) {
        const leftMs = hold.expiresAtMs - (await platformMs(run));
        if (leftMs < 0 || performance.now() + leftMs > giveUpMs) return;
        await sleep(Math.min(leftMs + 1, 50));
      }
    };
    return {
      kind,
      statements: 4,
      ask: (transact) => {
        this.#log.askConfirm(story, orderId, token);
        return this.#steps.confirmHold(
          transact,
          story.holdId,
          orderId,
          customerOf(token),
          late ? waitForTheEnd : undefined,
        );
      },
      answered: (answer) => {
        this.#confirmedAs(hold, orderId, token, answer);
      },
      uncertain: () => {
        story.confirms.get(orderId)!.isUncertain = true;
      },
    };
  }

  /** Taken out, so that nobody else decides about it meanwhile. */
  #takeSoonestOver(): OpenHold | undefined {
    const nowMs = Date.now() + this.#aheadMs;
    const isSoon = ({ expiresAtMs }: OpenHold) => expiresAtMs > nowMs && expiresAtMs < nowMs + LONGEST_WAIT_MS;
    const at = this.#open.findLastIndex(isSoon);
    return at < 0 ? undefined : this.#open.splice(at, 1)[0];
  }

  #release(slot: () => Client, random: Random): Promise<unknown> | undefined {
    const hold = this.#take(random);
    if (!hold) return undefined;
    return this.#inTheHandOf(hold, () => this.#request(slot, random, this.#releaseRequest("release", hold.story)));
  }

  /** Another window, or another cart altogether, in the place of what is held. */
  #swap(slot: () => Client, random: Random, i: number): Promise<unknown> | undefined {
    const old = this.#take(random);
    if (!old) return undefined;
    const wish = this.#wish(random, i, old.wish);
    const hold = this.#begin(wish, random);
    const ttlSec = random.pick(LIFETIMES_SEC);
    const placing = this.#placing(hold);
    const { swapped, holdId, parts: leaving } = old.story;
    return this.#inTheHandOf(old, () =>
      this.#request(slot, random, {
        kind: "swap",
        statements: 3 * shiftsOf(wish).length + 3,
        ask: (transact) =>
          this.#onFreshPlan(
            transact,
            wish,
            (parts) => this.#steps.swapHold(transact, holdId, parts, ttlSec),
            new Set(leaving.keys()),
          ),
        answered: (placed) => {
          swapped.isAnswered = true;
          placing.answered?.(placed);
        },
        uncertain: () => {
          swapped.isUncertain = true;
          placing.uncertain?.();
        },
      }),
    );
  }

  /** Often in two tabs at once, each with a key of its own: only one of them may be given more time. */
  #extend(slot: () => Client, random: Random): Promise<unknown> | undefined {
    const hold = this.#take(random);
    if (!hold) return undefined;
    const inOneTab = (tab: () => Client, draws: Random) => {
      const extensionId = mintId(draws);
      const ttlSec = draws.pick(LIFETIMES_SEC);
      const extension = this.#log.askExtension(hold.story, extensionId);
      return this.#request(tab, draws, {
        kind: "extend",
        statements: 3,
        ask: (transact) => this.#steps.extendHold(transact, hold.story.holdId, extensionId, ttlSec),
        answered: ({ expiresAtMs }) => {
          extension.isAnswered = true;
          extension.untilMs = expiresAtMs;
          hold.expiresAtMs = expiresAtMs;
          this.#open.push(hold);
        },
        uncertain: () => {
          extension.isUncertain = true;
        },
      });
    };
    return this.#inTheHandOf(hold, async () => {
      if (random.chance(0.5)) return inOneTab(slot, random);
      const [here, there] = [random.fork("one tab"), random.fork("the other tab")];
      return this.#withOtherTab((otherTab) => Promise.all([inOneTab(slot, here), inOneTab(otherTab, there)]));
    });
  }

  /** Somebody has paid, and the hold was over by then. */
  #reacquire(slot: () => Client, random: Random, i: number): Promise<unknown> | undefined {
    const old = this.#missed.pop();
    if (!old) return undefined;
    const wish = this.#wish(random, i, old.wish);
    const hold = this.#begin(wish, random);
    const { story, orderId, token } = hold;
    const { swapped, holdId, parts: leaving } = old.story;
    return this.#request(slot, random, {
      kind: "confirm anew",
      statements: 3 * shiftsOf(wish).length + 3,
      ask: (transact) => {
        this.#log.askConfirm(story, orderId, token);
        return this.#onFreshPlan(
          transact,
          wish,
          (parts) => this.#steps.reacquireAndConfirm(transact, holdId, parts, orderId, customerOf(token)),
          new Set(leaving.keys()),
        );
      },
      answered: (answer) => {
        story.placed.isAnswered = true;
        swapped.isAnswered = true;
        this.#confirmedAs(hold, orderId, token, answer);
      },
      uncertain: () => {
        story.placed.isUncertain = true;
        swapped.isUncertain = true;
        story.confirms.get(orderId)!.isUncertain = true;
      },
    });
  }

  #confirmedAs(hold: OpenHold, orderId: string, token: string, answer: ConfirmedOrder & { askedAtMs?: number }): void {
    const wrong = this.#log.answerConfirm(hold.story, orderId, answer);
    if (wrong) this.#report([wrong]);
    for (const partId of hold.story.parts.keys()) this.#confirmed.push({ story: hold.story, partId });
    this.#settled.push({ ...hold, orderId, token });
    this.#orders.push({ hold: { ...hold, orderId, token }, moves: 0 });
  }

  /** An order to another window, often in two tabs that know of the same one: it is moved once. */
  #move(slot: () => Client, random: Random, i: number): Promise<unknown> | undefined {
    if (this.#orders.length === 0) return undefined;
    const [known] = this.#orders.splice(random.below(this.#orders.length), 1);
    const [here, there] = [random.fork("one tab"), random.fork("the other tab")];
    if (random.chance(0.6)) return this.#moveInOneTab(slot, here, i, known!);
    return this.#withOtherTab(async (otherTab) => {
      const outcomes = await Promise.all([
        this.#moveInOneTab(slot, here, i, known!),
        this.#moveInOneTab(otherTab, there, i, known!),
      ]);
      if (outcomes.every((outcome) => outcome === "done"))
        this.#report([
          { signal: "moved twice", detail: `order ${known!.hold.orderId}, by two who knew of one window` },
        ]);
    });
  }

  #moveInOneTab(
    slot: () => Client,
    random: Random,
    i: number,
    { hold: old, moves }: { readonly hold: OpenHold; readonly moves: number },
  ): Promise<string> {
    const { orderId, token } = old;
    const wish = drawMove(this.#database.network, random, `move ${i} of ${this.#options.seed}`, old.wish);
    const hold = { ...this.#begin(wish, random), orderId, token };
    const { story } = hold;
    return this.#request(slot, random, {
      kind: "move",
      statements: 3 * shiftsOf(wish).length + 3,
      ask: (transact) => {
        this.#log.askConfirm(story, orderId, token);
        return this.#onFreshPlan(
          transact,
          wish,
          (parts) => this.#steps.moveOrder(transact, orderId, moves, parts),
          new Set(old.story.parts.keys()),
        );
      },
      answered: () => {
        story.placed.isAnswered = true;
        old.story.moved.isAnswered = true;
        this.#log.answerConfirm(story, orderId, old.story.confirms.get(orderId)!.order!);
        for (const partId of story.parts.keys()) this.#confirmed.push({ story, partId });
        this.#settled.push(hold);
        this.#orders.push({ hold, moves: moves + 1 });
      },
      uncertain: () => {
        story.placed.isUncertain = true;
        old.story.moved.isUncertain = true;
        story.confirms.get(orderId)!.isUncertain = true;
      },
    });
  }

  #releaseRequest(kind: string, { holdId, released }: HoldStory): Request<string> {
    return {
      kind,
      statements: 3,
      ask: (transact) => this.#steps.releaseHold(transact, holdId),
      answered: (state) => {
        if (released.isAnswered && released.as !== state) {
          this.#report([
            { signal: "repeat answered otherwise", detail: `hold ${holdId}: ${released.as}, then ${state}` },
          ]);
        }
        released.isAnswered = true;
        released.as = state;
      },
      uncertain: () => {
        released.isUncertain = true;
      },
    };
  }

  #atTheNode(slot: () => Client, random: Random, kind: "cancel" | "hand over"): Promise<unknown> | undefined {
    if (this.#confirmed.length === 0) return undefined;
    const at = random.below(this.#confirmed.length);
    const { story, partId } = this.#confirmed[at]!;
    // Now and then it stays where the next one finds it too.
    if (random.chance(0.85)) {
      this.#confirmed[at] = this.#confirmed.at(-1)!;
      this.#confirmed.pop();
    }
    const part = story.parts.get(partId)!;
    const asked = kind === "cancel" ? part.rejected : part.handedOver;
    const { opsUserId } = this.#database.network;
    return this.#request(slot, random, {
      kind,
      statements: kind === "cancel" ? 4 : 8,
      ask: (transact) =>
        kind === "cancel"
          ? this.#steps.rejectPart(transact, partId, opsUserId)
          : this.#steps.handOverPart(transact, partId, opsUserId),
      answered: () => {
        asked.isAnswered = true;
      },
      uncertain: () => {
        asked.isUncertain = true;
      },
    });
  }

  /** Somebody reloads the page: what was answered once is answered again, and nothing is done twice. */
  #repeat(slot: () => Client, random: Random): Promise<unknown> | undefined {
    if (this.#settled.length === 0) return undefined;
    const hold = random.pick(this.#settled);
    return this.#request(slot, random, {
      ...this.#confirmRequest("confirm again", hold, hold.orderId, hold.token, false),
      answered: (answer) => {
        const wrong = this.#log.answerConfirm(hold.story, hold.orderId, answer);
        if (wrong) this.#report([wrong]);
      },
    });
  }

  #setCapacity(slot: () => Client, random: Random): Promise<unknown> {
    const { hourSec, opsUserId } = this.#database.network;
    const nodeId = random.pick(Object.values(NODES));
    const startsAt = instant(random.pick(PICKING_HOURS));
    const targetSec = Math.round(hourSec * random.between(0.3, 1.3));
    return this.#request(slot, random, {
      kind: "capacity",
      statements: 4,
      ask: (transact) => this.#steps.setCapacity(transact, nodeId, startsAt, targetSec, opsUserId),
    });
  }

  async #pause(slot: () => Client, random: Random): Promise<void> {
    const nodeId = random.pick(Object.values(NODES));
    const pausedMs = random.below(80);
    const set = (isPaused: boolean): Request<void> => ({
      kind: isPaused ? "pause" : "resume",
      statements: 3,
      ask: (transact) => this.#steps.setPaused(transact, nodeId, isPaused),
    });
    await this.#request(slot, random, set(true));
    await sleep(pausedMs);
    while ((await this.#request(slot, random, set(false))) === "gone" && !this.#isStopping);
  }

  // ------------------------------------------------------------------------------------------------------- background

  /** Runs `work` again and again until the run is over; a lost connection is opened anew. */
  async #repeatedly(
    everyMs: () => number,
    work: (client: Client) => Promise<unknown>,
    onLost = () => {},
  ): Promise<void> {
    const slot = this.#slot();
    while (!this.#isOver) {
      const startedMs = performance.now();
      await this.#gate.pass(async () => {
        try {
          await work(slot());
        } catch (error) {
          if (error instanceof AnswerLost) onLost();
          else if (error instanceof postgres.PostgresError) this.#refused("background", error);
          else throw error;
        }
      });
      await sleep(Math.max(1, everyMs() - (performance.now() - startedMs)));
    }
  }

  async #sample(): Promise<void> {
    let lastMs = performance.now();
    let kills = 0;
    await this.#repeatedly(
      () => SAMPLE_EVERY_MS,
      async (client) => {
        this.#report(await this.#sampler.sample(client.transact));
        const nowMs = performance.now();
        this.#samples++;
        // While there is no server there is nothing to look at.
        if (kills === this.#recoveriesMs.length) this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - lastMs);
        kills = this.#recoveriesMs.length;
        lastMs = nowMs;
      },
      () => this.#sampler.forget(),
    );
  }

  /** As the worker does, and it may die as everybody else. */
  async #sweep(): Promise<void> {
    const random = this.#seed.fork("sweeper");
    await this.#repeatedly(
      () => this.#options.sweepEveryMs ?? SWEEP_EVERY_MS,
      async (client) => {
        const dies = random.chance(this.#options.crash);
        const crash = { afterStatements: 1 + random.below(3), lingerMs: random.below(4) };
        client.behave({ crash: dies ? crash : undefined, dawdleMs: random.below(8) });
        let expired: number;
        do {
          expired = await this.#steps.expireHolds(client.transact, SWEPT_AT_ONCE);
          this.#expired += expired;
        } while (expired === SWEPT_AT_ONCE);
      },
    );
  }

  async #moveTheClock(): Promise<void> {
    const random = this.#seed.fork("clock");
    await this.#repeatedly(
      () => random.between(300, 900),
      async (client) => this.#setAhead(client, random.between(0, 1200)),
    );
  }

  async #setAhead(client: Client, byMs: number): Promise<void> {
    await client.transact(async (run) => {
      await run((sql) => sql`update app.clock set shift = shift + ${byMs} * interval '1 millisecond'`);
      this.#aheadMs = (await platformMs(run)) - Date.now();
    });
  }

  async #jump(byMs: number): Promise<void> {
    const client = openClient(this.#database.url);
    try {
      await this.#setAhead(client, byMs);
    } finally {
      await client.end();
    }
  }

  /** Until nothing is left that is over, or long enough for the sampler to have complained. */
  async #untilSwept(): Promise<void> {
    const sql = this.#database.open();
    try {
      const deadlineMs = performance.now() + 4000;
      for (;;) {
        const [row] = await sql<
          { left: number }[]
        >`select count(*)::int as left from public.holds where state = 'held'`;
        if (row!.left === 0 || performance.now() > deadlineMs || this.#isStopping) return;
        await sleep(50);
      }
    } finally {
      await sql.end();
    }
  }

  // ---------------------------------------------------------------------------------------------------------- judging

  async #kill(): Promise<void> {
    await this.#gate.standStill(
      () => this.#judge(),
      async () => {
        this.#isKilling = true;
        this.#recoveriesMs.push(await this.#server.kill());
        this.#sampler.forget();
        this.#pressure.begin();
        this.#isKilling = false;
      },
    );
  }

  /** Everything that can be asked while nobody does anything. */
  async #judge(): Promise<void> {
    const sql = this.#database.open();
    try {
      this.#report(await this.#log.verify(sql));
      const replayed = await replayDatabase(sql, this.#database.network.hourSec);
      this.#claims = replayed.entries;
      this.#report(replayed.violations);
      for (const { invariant, rows } of violations(await auditLedger(sql))) {
        this.#report([{ signal: `audit: ${invariant.name}`, detail: JSON.stringify(rows[0]) }]);
      }
    } finally {
      await sql.end();
    }
  }
}

function shiftsOf({ parts }: Wish): string[] {
  return parts.flatMap(({ shiftId }) => shiftId ?? []);
}

function customerOf(token: string): Customer {
  return { token, customer_name: "Ana Sousa", customer_phone: "+351 210 000 000" };
}

/** Where the server is killed, by number of the attempt: somewhere in each of as many equal stretches. */
function drawKills(random: Random, attempts: number, kills: number): number[] {
  return Array.from({ length: kills }, (_, k) => Math.floor((attempts * (k + random.between(0.2, 0.9))) / kills));
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** What the shopper would be told by the server before it asks the database at all. */
function routeIsFull(): postgres.PostgresError {
  return Object.assign(new postgres.PostgresError("no place left in the route"), { code: "KPVAN" });
}
