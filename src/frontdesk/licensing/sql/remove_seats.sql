-- Frees seats: for the device itself, its owner, staff, and the sweep of lapsed offline leases. Never refused.
-- p_tokens: hex of the tokens' SHA-256, one for each activation; null when the caller has authorised it otherwise.
-- outcome: 'removed', 'already' (was free before), or 'activation_unknown'.
create function licensing_remove_seats(
    p_now timestamptz,
    p_activations uuid[],
    p_actor_kind text,
    p_actor uuid default null,
    p_reason text default '',
    p_tokens text[] default null
) returns table (n bigint, outcome text, activation_id uuid, license_id uuid) language plpgsql volatile
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    -- As in licensing_take_seats: the lock first, then statements whose snapshots are younger than it.
    perform from licensing_license l
      where l.id in (select a.license_id from licensing_activation a where a.id = any (p_activations))
      order by l.id for no key update;
    return query
    with r as materialized (
        select r.n, r.activation, a.license_id, a.removed_at
          from unnest(p_activations, p_tokens) with ordinality as r(activation, token, n)
          left join licensing_activation a
            on a.id = r.activation and (p_tokens is null or decode(r.token, 'hex') = any (a.token_hashes))
    ), freed as (
        update licensing_activation a set removed_at = p_now, removed_by = p_actor_kind
          from (select distinct r.activation from r where r.license_id is not null and r.removed_at is null) r
         where a.id = r.activation
        returning a.id, a.license_id
    ), counted as (
        update licensing_license l set seats_used = (
                   select count(*) from licensing_activation a where a.license_id = l.id and a.removed_at is null
               ) - freed.seats
          from (select freed.license_id, count(*) as seats from freed group by freed.license_id) freed
         where l.id = freed.license_id
    ), noted as (
        insert into core_auditentry (at, actor_kind, actor, action, subject_type, subject, person, reason, data)
        select p_now, p_actor_kind, p_actor, 'device.removed', 'license', freed.license_id, l.owner_id, p_reason,
               jsonb_build_object('activation', freed.id)
          from freed join licensing_license l on l.id = freed.license_id
    )
    select r.n,
           case when r.license_id is null then 'activation_unknown'
                when freed.id is null then 'already'
                else 'removed' end,
           r.activation, r.license_id
      from r left join freed on freed.id = r.activation
     order by r.n;
end $$;
