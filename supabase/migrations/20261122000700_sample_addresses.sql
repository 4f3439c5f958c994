-- Addresses that the checkout offers in its list, for people who are trying the shop out. No person lives in them.

create table public.sample_addresses (
  region_id app.code not null references public.regions on delete cascade,
  label text not null check (length(label) between 1 and 200),
  lng double precision not null check (lng between -180 and 180),
  lat double precision not null check (lat between -85 and 85),
  primary key (region_id, label)
);
comment on table public.sample_addresses is 'A region''s sample addresses: streets of its map with a house number, open to everybody.';

alter table public.sample_addresses enable row level security;
grant select on public.sample_addresses to anon, authenticated, service_role;
create policy everyone_reads on public.sample_addresses for select to anon, authenticated using (true);
