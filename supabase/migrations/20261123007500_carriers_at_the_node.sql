-- A node knows which carrier fetches each of its parcels, and until when: it has to have them ready.
create policy node_reads on public.carriers for select to authenticated
  using (id in (select d.carrier_id from public.carrier_days d where d.node_id in (select app.my_nodes())));
create policy node_reads on public.claims for select to authenticated
  using (kind = 'parcel' and node_id in (select app.my_nodes()));
