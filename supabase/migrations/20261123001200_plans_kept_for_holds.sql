-- What a hold asks for comes in arrays, and of an array whose length it sees the planner makes a new plan at every call: more
-- work than the call itself (measured: half of a hold's time). These functions keep one plan, for ten of everything, which is
-- what a cart is. Without sequential scans, because a plan is kept that was made when the tables were short.
alter function app.lock_resources(public.claims[], app.hold_request[]) set plan_cache_mode = force_generic_plan;
alter function app.lock_resources(public.claims[], app.hold_request[]) set enable_seqscan = off;
alter function app.take_claims(app.hold_request[]) set plan_cache_mode = force_generic_plan;
alter function app.take_claims(app.hold_request[]) set enable_seqscan = off;
alter function app.return_claims(uuid[], text) set plan_cache_mode = force_generic_plan;
alter function app.return_claims(uuid[], text) set enable_seqscan = off;
alter function app.begin_hold(uuid, app.hold_request[], integer) set plan_cache_mode = force_generic_plan;
alter function app.begin_hold(uuid, app.hold_request[], integer) set enable_seqscan = off;
alter function app.check_hold_shares(app.hold_request[]) set plan_cache_mode = force_generic_plan;
alter function app.check_hold_shares(app.hold_request[]) set enable_seqscan = off;
