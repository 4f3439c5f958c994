import { initTRPC, TRPCError } from "@trpc/server";
import { ZodError, z } from "zod";
import { asCaller, type Transaction } from "../db/database.ts";
import { faultOfError } from "../db/fault-of-error.ts";
import { FAULTS, Fault, type FaultCode } from "../domain/fault.ts";
import type { CallKind } from "../domain/rate-limiter.ts";
import { StaffRole } from "../domain/state.ts";
import type { Context } from "./context.ts";

interface Meta {
  /** What a call counts as for the limits of an address: `read` unless it says so. */
  readonly kind?: CallKind;
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    /** What leaves the server: a fault by its code, the fields of a bad input, and never a stack or an internal message. */
    errorFormatter({ shape, error }) {
      const fault = publicFault(error, shape.data.httpStatus);
      // Of what was asked. A value of our own that does not parse is a bug, and nobody else's business.
      const issues = error.code === "BAD_REQUEST" && error.cause instanceof ZodError ? error.cause.issues : [];
      const { stack: _, ...data } = shape.data;
      return {
        ...shape,
        message: fault ? FAULTS[fault.code].sentence : BUG,
        data: {
          ...data,
          fault,
          fields: issues.slice(0, 20).map((issue) => ({ path: issue.path.join("."), message: issue.message })),
        },
      };
    },
  });

/** Some uses take two transactions, and the first may stand: so nothing is said of what was changed. */
const BUG = "Something broke on our side. Try again: what is done already is not done twice.";

/** What a request was refused for, also by tRPC itself (no such procedure, not JSON, too long), or null for a bug. */
function publicFault(error: TRPCError, httpStatus: number): { code: FaultCode; detail: string | null } | null {
  if (error.cause instanceof Fault) return { code: error.cause.code, detail: error.cause.detail ?? null };
  if (httpStatus >= 500) return null;
  return { code: error.code === "NOT_FOUND" ? "not-found" : "invalid-request", detail: null };
}

/** Turns what the database refused into the fault it stands for; everything else stays what it is, a bug. */
const withFaults = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const fault = faultOfError(result.error.cause);
  if (!fault) return result;
  throw new TRPCError({ code: FAULTS[fault.code].trpcCode, message: fault.message, cause: fault });
});

/** Refuses whoever asks too often, before the input is looked at. The fault's detail is the seconds to wait. */
function withinLimits(who: (ctx: Context) => string | null, usually: CallKind) {
  return t.middleware(({ ctx, meta, next }) => {
    const waitSec = ctx.limiter.take(meta?.kind ?? usually, who(ctx));
    if (waitSec > 0) throw new Fault("too-many-requests", String(waitSec));
    return next();
  });
}

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** For anyone: shoppers have no account. What they may touch, they name by an id that nobody can guess. */
export const shopperProcedure = t.procedure.use(withFaults).use(withinLimits((ctx) => ctx.clientAddress, "read"));

const Staff = z.object({ role: StaffRole, name: z.string() });

export interface StaffMember {
  readonly userId: string;
  readonly role: StaffRole;
  readonly name: string;
}

/** For one of the given roles; ops may do what every role may. Faults: not-signed-in, forbidden. */
function staffProcedure(...roles: readonly StaffRole[]) {
  // A proven account is counted for itself: many of them work behind one address.
  const limits = withinLimits((ctx) => ctx.caller?.userId ?? ctx.clientAddress, "staff");
  return t.procedure
    .use(withFaults)
    .use(limits)
    .use(async ({ ctx, next }) => {
      const { caller } = ctx;
      if (!caller) throw new Fault("not-signed-in");
      const [row] = await ctx.db`select role, name from public.staff where user_id = ${caller.userId}`;
      const known = Staff.safeParse(row);
      if (!known.success || !(known.data.role === "ops" || roles.includes(known.data.role)))
        throw new Fault("forbidden");
      return next({
        ctx: {
          ...ctx,
          caller,
          staff: { userId: caller.userId, ...known.data } satisfies StaffMember,
          /** Runs under the caller's role, so that RLS decides a second time. */
          asCaller: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => asCaller(ctx.db, caller, work),
        },
      });
    });
}

export const opsProcedure = staffProcedure("ops");
export const storeProcedure = staffProcedure("store");
export const driverProcedure = staffProcedure("driver");
export const anyStaffProcedure = staffProcedure("ops", "store", "driver");
