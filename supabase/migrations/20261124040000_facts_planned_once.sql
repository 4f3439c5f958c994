-- Of the statement with all of a quote's facts more than half the time went into planning: its arrays made the planner think a plan for
-- just these values worth its while, at every call. What it reads is found by the same indexes whatever the values are.
alter function app.read_quote_facts(app.code, text[], xid8) set plan_cache_mode to 'force_generic_plan';
