-- warning: No level is short of what is reserved from it.
select l.node_id, l.sku_id, l.reserved, l.shortage from public.inventory_levels l where l.shortage > 0;
