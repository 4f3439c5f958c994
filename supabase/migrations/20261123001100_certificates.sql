-- The proof that a promise was decided rightly: what the decision went by, kept with the hold until it ends, and with the
-- confirmation a signed certificate that says it, replays it and stays.

create table app.decisions (
  hold_id uuid primary key references public.holds,
  -- JSON, deflated: see server/domain/decision.ts.
  body bytea not null check (length(body) between 1 and 4000000)
);
comment on table app.decisions is 'What a hold was decided by. Goes into the certificate at the confirmation, or is forgotten with the hold.';

create table app.certificates (
  order_id uuid primary key references public.orders,
  -- A signed JSON (JWS, compact): anybody with the installation''s public key can check and replay it.
  jws text not null check (length(jws) between 1 and 8000000),
  issued_at timestamptz not null
);
comment on table app.certificates is 'Append-only: for each order, signed, what its promise was decided by and what was rejected.';
create trigger certificates_append_only before update or delete on app.certificates
  for each row execute function app.refuse_change();

-- Keeps what a hold was decided by.
--
-- Locks     nothing: called in the transaction that places the hold.
-- Retry     safe; the first stays.
create function app.keep_decision(hold_id uuid, body bytea) returns void
language sql volatile set search_path = '' as $$
  insert into app.decisions (hold_id, body) values (hold_id, body) on conflict (hold_id) do nothing
$$;

-- Keeps an order's certificate, and forgets the decision it was made of.
--
-- Locks     nothing: called in the transaction that confirms the hold.
-- Retry     safe; the first stays.
create function app.issue_certificate(order_id uuid, hold_id uuid, jws text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into app.certificates (order_id, jws, issued_at)
  values (issue_certificate.order_id, issue_certificate.jws, app.now())
  on conflict on constraint certificates_pkey do nothing;
  delete from app.decisions d where d.hold_id = issue_certificate.hold_id;
end
$$;

-- Forgets the decisions of holds that ended without an order, at most so many; returns how many.
--
-- Locks     the decisions, and no hold.
-- Retry     safe.
create function app.forget_decisions(at_most integer default 500) returns integer
language sql volatile set search_path = '' as $$
  with gone as (
    delete from app.decisions d where d.hold_id in (
      select x.hold_id from app.decisions x join public.holds h on h.id = x.hold_id
      where h.state in ('released', 'expired') limit at_most for update of x skip locked
    ) returning 1
  ) select count(*)::integer from gone
$$;

revoke execute on function app.keep_decision(uuid, bytea), app.issue_certificate(uuid, uuid, text), app.forget_decisions(integer) from public;
grant execute on function app.keep_decision(uuid, bytea), app.issue_certificate(uuid, uuid, text), app.forget_decisions(integer) to service_role;
