/** A way to break the engine that somebody could by mistake. */
export interface Mutant {
  /** What is broken, as a sentence. */
  readonly name: string;
  /** Beside this one. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replacement: string;
}

const of = (file: string, mutants: readonly (readonly [name: string, find: string, replacement: string])[]): Mutant[] =>
  mutants.map(([name, find, replacement]) => ({ name, file, find, replacement }));

export const MUTANTS: readonly Mutant[] = [
  ...of("clock.ts", [
    ["service starts before its window", "Math.max(clock.readySec, visits.windowStartSec[window]!)", "clock.readySec"],
    ["waiting for a window is no time for a break", "> startSec &&", "> startSec ||"],
    ["a service goes on past the latest start of a break", "&& startSec + service[to]! <= latestSec", ""],
    ["a window has one second more", "(visits.windowEndSec[lastWindow]! - 1)", "visits.windowEndSec[lastWindow]!"],
    [
      "a window that ends as the van comes is still open",
      "clock.readySec >= visits.windowEndSec[window]!",
      "clock.readySec > visits.windowEndSec[window]!",
    ],
    ["late is not dearer", "(lateSec * visits.lateCost[to]!)", "0"],
    ["what is locked may be made later still", "> lockedStart[to]!", "< 0"],
    ["a break may start too late", "clock.readySec > latestSec", "false"],
    [
      "a van drives through the latest start of its break",
      "arrivesSec > breaks[clock.breaksTaken]!.latestSec",
      "false",
    ],
    ["a break takes no time", "clock.readySec += durationSec;", ""],
    ["overtime costs nothing", "clock.cost += (overSec * vehicle.overtimeCost) / unit;", ""],
    ["overtime has no end", "overSec <= vehicle.overtimeSec", "true"],
    ["service costs nothing", "clock.cost += (service[to]! * vehicle.secondCost) / unit;", ""],
    [
      "a period begins a second late",
      "startSec[period + 1]! <= clock.readySec",
      "startSec[period + 1]! < clock.readySec",
    ],
    ["nobody waits for a quicker period", "if (arrivesLater >= arrives) continue;", "continue;"],
    ["an arc costs what it does in the first period", "distanceM[period]![arc]!", "distanceM[0]![arc]!"],
    ["what is on board at the start weighs nothing", "let onBoard = loaded[route * loadCount + d]!", "let onBoard = 0"],
    ["what a new visit hands over weighs nothing", "pickup[visit * loadCount + d]! -", "-"],
    ["what visits hand over weighs nothing", "pickup[node * loadCount + d]! -", "-"],
    [
      "a new visit's goods are picked in time",
      "Math.max(ready[start]!, prepared.problem.visits.releaseSec[visit]!)",
      "ready[start]!",
    ],
    ["a van's first visit does not pay for the van", "routes.size[route] === 0 ? prepared.fixedCost[route]! : 0", "0"],
  ]),
  ...of("routes.ts", [
    ["times behind a new visit are not brought up to date", "ready[node] = free;", ""],
    ["latest starts before a new visit are not brought up to date", "latest[node] = starts;", ""],
    [
      "the latest start forgets the window",
      "latest[from] = Math.min(leaves, closes[from]!);",
      "latest[from] = leaves;",
    ],
    ["the latest start forgets the service", "slot[node]!]! - service[from]!", "slot[node]!]!"],
    [
      "a plain route does not wait for windows",
      "Math.max(arrives, opens[to]!) + service[to]!",
      "arrives + service[to]!",
    ],
    ["a plain route that is late counts as driven", "ready[from]! - service[from]! > latest[from]!", "false"],
    [
      "a van that overflows on its way counts as driven",
      "!hasPickups || isLoadable(prepared, routes, route, ABSENT, ABSENT)",
      "true",
    ],
    ["a van that is late counts as driven", "isInTime ? total : Number.POSITIVE_INFINITY", "total"],
    [
      "what is put in is not loaded",
      "loaded[route * loadCount + d]! += delivery",
      "loaded[route * loadCount + d]! += 0 * delivery",
    ],
    [
      "what is taken out stays loaded",
      "loaded[route * loadCount + d]! -= delivery",
      "loaded[route * loadCount + d]! -= 0 * delivery",
    ],
    ["only the first kind of load binds", "if (loaded[at]! + delivery", "if (d === 0 && loaded[at]! + delivery"],
    ["needs bind nobody", "(needs[visit]! & ~has[route]!) !== 0", "false"],
    [
      "goods on board of a van go with any",
      "return onlyVehicle[visit]! === ABSENT || onlyVehicle[visit]! === route;",
      "return true;",
    ],
    ["a route costs nothing to begin", "let total = fixedCost[route]!;", "let total = 0;"],
    ["a vehicle that came home stays at home", "rankOf[route]! < firstIdle[kind]!", "false"],
  ]),
  ...of("recreate.ts", [
    ["a visit comes in after its window", "if (arrives > close) continue;", ""],
    [
      "a visit comes in though what is behind would be late",
      "duration[arc]! > latest[to]!",
      "duration[arc]! > latest[to]! + 20",
    ],
    ["a visit comes in before another though it cannot be there", "arrives > close || arrives > startsBy", "false"],
    [
      "an idle van takes what it may not",
      "extra >= least || !admits(prepared, routes, visit, route)",
      "extra >= least",
    ],
    [
      "prizes are never worth it",
      "recreation.insists ? Number.POSITIVE_INFINITY : prepared.absence[visit]!",
      "Number.POSITIVE_INFINITY",
    ],
    ["two visits never share a van that neither is worth", "recreation.mayInsist &&", "false &&"],
    ["a route that gets a visit is not saved", "remember(prepared, routes, undo, routes.routeOf[after]!);", ""],
    ["idle vans stay at home", "kind < prepared.kinds.length", "kind < 0"],
  ]),
  ...of("regret.ts", [
    ["by regret a van takes what it may not", "if (!admits(prepared, routes, visit, route)) return;", ""],
    ["by regret places are not looked up anew", "lookUp(other, route);", ""],
  ]),
  ...of("place-cost.ts", [
    ["looked up everywhere, visits come before what is locked", "if (locked[to]) return", "if (false) return"],
    ["looked up everywhere, what is behind may be late", "leaves + duration[row + slot[to]!]! > latest[to]!", "false"],
    ["looked up everywhere, a visit may be late", "arrives > closes[visit]!", "false"],
    ["a first visit does not pay for the van", "size[route] === 0 ? prepared.fixedCost[route]! : 0", "0"],
  ]),
  ...of("ruin.ts", [
    ["what is locked starts a string", "|| locked[visit] ||", "||"],
    ["a string runs into what is locked", "node < n && !locked[node]", "node < n"],
    ["a route that cannot be driven without a visit is kept", "return isDrivable ? count : -1;", "return count;"],
    ["a ruined route is not saved", "remember(prepared, routes, undo, route);", ""],
    ["what is taken out is forgotten", "absent[count++] = node;", ""],
  ]),
  ...of("exchange-tails.ts", [
    ["tails are traded without room", "|| !fits(prepared, routes, other, from)", ""],
    [
      "tails are traded as if one load bound",
      "const a = routeOf[one]! * loadCount + d;",
      "if (d > 0) continue; const a = routeOf[one]! * loadCount + d;",
    ],
    ["vans of different kinds trade tails", "|| kindOf[otherRoute] !== kindOf[route]", ""],
    ["a trade may make a visit late", "ready[other]! + before.duration[a]! > latest[visit]!", "false"],
    [
      "a trade may make the other tail late",
      "ready[from]! + duration[fromRow + slot[tail]!]! > latest[tail]!",
      "false",
    ],
    ["a van with a tail counts as idle", "from >= n && tail >= n", "from >= n"],
    ["a trade that fails is kept", "if (change < mostCost) return change;", "return change;"],
    ["traded loads are not counted anew", "loaded[route * loadCount + d]! += delivery[node * loadCount + d]!;", ""],
    ["traded visits are not counted anew", "size[route] = visits;", ""],
  ]),
  ...of("take-over.ts", [
    ["what is locked is taken over last", "for (const visit of locked) append(visit, k);", ""],
    ["a plan is taken over piece by piece", "if (appendAll(wanted, k)) continue;", ""],
    ["a plan is taken over whole or not at all", "for (const visit of wanted) appendAll([visit], k);", ""],
    ["a plan's visit goes to a van that may not", "&& admits(prepared, routes, visit, route)", ""],
    ["what cannot be driven stays in a plan taken over", "takeOut(prepared, routes, visit);", "{}"],
  ]),
  ...of("undo.ts", [
    ["undoing forgets the load", "routes.loaded[route * loadCount + d] = undo", "undo"],
    ["undoing forgets the times", "routes.ready[node] = undo.ready[at]!;", ""],
    ["undoing forgets the latest starts", "routes.latest[node] = undo.latest[at]!;", ""],
    ["undoing forgets the breaks", "routes.breaksTaken[node] = undo.breaksTaken[at]!;", ""],
    ["undoing forgets the costs", "routes.arcCost[node] = undo.arcCost[at]!;", ""],
    ["undoing forgets how many visits there were", "routes.size[route] = to - from - 2;", ""],
    ["undoing forgets that a van is at home", "if (routes.size[route] === 0) noteIdle(prepared, routes, route);", ""],
    ["a step's change forgets what was", "return cost - undo.cost;", "return cost;"],
  ]),
  ...of("search.ts", [
    ["the cost is in units", "total += clock.cost * unit", "total += clock.cost"],
    [
      "a plan that lacks more is better when it is cheaper",
      "missing > bestMissing || (missing === bestMissing && ",
      "(",
    ],
    ["the start is ignored", "takeOver(prepared, routes, start)", "takeOver(prepared, routes, undefined)"],
    [
      "what a first insertion makes of a start counts as best",
      "let bestCost = cost;",
      "let bestCost = Number.POSITIVE_INFINITY;",
    ],
    ["leaving visits out is free", "+ prizesNow() - prizesBefore", ""],
    ["a trade's change is not counted", "cost += change;\n        if", "if"],
    ["the best plan is not copied", "bestNext.set(routes.next);", ""],
    ["the seed is ignored", "makeRandom(options.seed)", "makeRandom(1)"],
    ["a step is taken however dear it is", "change < margin(temperature, random)", "true"],
  ]),
  ...of("prepare.ts", [
    [
      "the last second of a window is the one after",
      "visits.windowEndSec[visits.windowsFrom[v + 1]! - 1]! - 1",
      "visits.windowEndSec[visits.windowsFrom[v + 1]! - 1]!",
    ],
    ["a soft window is hard", ": NEVER;", ": visits.windowEndSec[visits.windowsFrom[v + 1]! - 1]! - 1;"],
    ["overtime is not driven", "vehicle.endSec + vehicle.overtimeSec", "vehicle.endSec"],
    ["nothing is locked", "for (const visit of vehicle.locked) locked[visit] = 1;", ""],
    ["a van with goods on board is one of its kind", "|| pinned.has(k)", ""],
    ["periods bind no less than windows", "travel.startSec.length === 1 &&", ""],
    ["several windows bind as one", "visits.windowStartSec.length === visits.count &&", ""],
    ["soft windows bind as hard ones", "visits.lateCost.every((cost) => cost === Number.POSITIVE_INFINITY) &&", ""],
    [
      "releases bind nobody",
      "visits.releaseSec.every((releaseSec) => vehicles.every((vehicle) => releaseSec <= vehicle.startSec)) &&",
      "",
    ],
    ["breaks, overtime and locked beginnings bind nobody", "breaks.length + overtimeSec + locked.length === 0", "true"],
    ["pickups bind nobody", "const hasPickups = visits.pickup.some((load) => load > 0);", "const hasPickups = false;"],
    ["of several periods the slowest binds", "sec[at]! < duration[arc]!", "sec[at]! !== duration[arc]!"],
    ["matrices are not turned", "turned[j * size + i] = ", "turned[i * size + j] = "],
    [
      "neighbours before have the arc behind",
      "neighboursOf(near.before, slotCount, durationTo, costTo)",
      "neighboursOf(near.before, slotCount, duration, cost)",
    ],
    ["service has no cost where it is planned", "(duration[a]! + service[a % size]!)", "duration[a]!"],
    ["a fixed cost is not in units", "vehicle.fixedCost / unit", "vehicle.fixedCost"],
    ["vans start where the first does", "slot[n + k] = slotOfDepot.get(vehicle.startPlace)!", "slot[n + k] = n"],
  ]),
  ...of("explain-left-out.ts", [
    ["who may serve it is no reason", "mayServe(prepared, visit, k)", "true"],
    ["size is no reason", "hasRoom(alone, after)", "true"],
    ["the end of the shift is no reason", "&& prepared.closes[endOf(prepared, k)]! >= firstSec", ""],
    ["the start of the shift is no reason", "prepared.opens[prepared.visitCount + k]! <= lastSec &&", ""],
    ["the way is no reason", "hasTime(alone, after)", "true"],
    [
      "room and time need not be at one place",
      "hasTime(planned, after) && hasRoom(planned, after)",
      "hasRoom(planned, after)",
    ],
    ["time is a matter of load", "{ ...prepared, hasPickups: false }", "prepared"],
    ["a place before what is locked is one", "if (!locked[next[node]!]) found", "found"],
    [
      "the reason is about an empty fleet",
      "takeOver(prepared, planned, plan);",
      "takeOver(prepared, planned, undefined);",
    ],
    [
      "a vehicle that one constraint forbids may still meet another",
      "able = able.filter(isAble);\n    return able.length > 0;",
      "return able.some(isAble);",
    ],
    ["no room where it is not worth it", `fits ? "not-worth-it" : "no-room"`, `"no-room"`],
  ]),
  ...of("offer-windows.ts", [
    ["an offer forgets what it costs besides its way", "surcharge +\n", ""],
    ["needs bind no offer", "(visit.needs & ~routes.has[r]!) !== 0", "false"],
    ["only the first load binds an offer", "routes.freeLoad[r * loadCount + d]!", "routes.freeLoad[r * loadCount]!"],
    ["an offer forgets its service", "- fromSec[behind[p]!]! - serviceSec", "- fromSec[behind[p]!]!"],
    ["an offer forgets the way on", "latestSec[p]! - fromSec[behind[p]!]!", "latestSec[p]!"],
    ["an offer costs the leg that it replaces", "-\n        legCost[p]!", ""],
    [
      "an offer mixes up both ways",
      "(toM[before[p]!]! + fromM[behind[p]!]!)",
      "(toM[behind[p]!]! + fromM[before[p]!]!)",
    ],
    ["an offer is open as it ends", "arrives >= endSec[w]!", "arrives > endSec[w]!"],
    ["of equal places the last one", "extra >= offers.cost[w]!", "extra > offers.cost[w]!"],
    ["places are counted through all routes", "offers.place[w] = p - first;", "offers.place[w] = p;"],
    ["the last start of an offer is too late", "startSec[w]! <= startsBy", "startSec[w]! <= startsBy + 1"],
    ["a window too many is dropped", "else low = middle + 1;", "else low = middle + 2;"],
    ["yesterday's offers stay", "offers.cost.fill(Number.POSITIVE_INFINITY);", ""],
  ]),
];
