-- Seats devices: the only implementation, for batches of the gateway and for one row of anybody else.
--
-- p_requests: a JSON array of {code: hex of the code's keyed hash | license: uuid, product, fingerprint: hex of its
-- SHA-256, name, platform, app_version, token: hex of the token's SHA-256, bucket: the throttle's counter,
-- nonce and public_key (hex) of an offline request}. One row is answered for each, in order (n from 1); outcome is
-- 'created', 'held', or the code of a reason. Business time and real time are parameters.
-- p_limits: a JSON array of {bucket: the counter, or null for the request's own; most, seconds, since: when the window
-- began}, the throttle of unknown codes.
--
-- Exactness: a statement's snapshot predates its wait for a lock. So the codes are locked first, then the licences, each
-- in order of id; every later statement takes a fresh snapshot and sees what those we waited for have done.
create or replace function licensing_take_seats(
    p_now timestamptz,
    p_real_now timestamptz,
    p_requests json,
    p_limits json,
    p_actor_kind text default 'device',
    p_actor uuid default null,
    p_reason text default ''
) returns table (
    n bigint, outcome text, activation_id uuid, created_at timestamptz, license_id uuid, product text, plan text,
    status text, starts_at timestamptz, expires_at timestamptz, grace_until timestamptz, device_limit int,
    devices_used int, lease_days int, features text[], offline_until timestamptz, retry_at timestamptz, retry_after int
) language plpgsql volatile
-- Plans are kept for the life of a connection; one made while the tables were still small must not scan them later.
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_licenses uuid[];
    v_unredeemed boolean;
    v_found int;
    v_direct uuid[];
    v_throttled int[];
    v_month constant interval := interval '720 hours';
begin
    select array_agg(c.license_id), coalesce(bool_or(c.is_unredeemed), false), count(*)
      into v_licenses, v_unredeemed, v_found
      from (select c.license_id, num_nonnulls(c.license_id, c.voided_at, c.replaced_by_id) = 0 as is_unredeemed
              from json_to_recordset(p_requests) as r(code text)
              join licensing_code c on c.hash = decode(r.code, 'hex')
             order by c.id for no key update of c) c;
    select array_agg(r.license) into v_direct
      from json_to_recordset(p_requests) as r(license uuid) where r.license is not null;
    v_licenses := v_licenses || v_direct;
    perform from licensing_license l where l.id = any (v_licenses) order by l.id for no key update;

    -- The first device redeems the code: its licence and its first term come into being.
    if v_unredeemed then
        with fresh as (
            select distinct on (c.id) c.id as code, gen_random_uuid() as license, v.id as plan_version,
                   product.id as product, b.kind, v.code_days
              from json_to_recordset(p_requests) as r(code text, product text)
              join licensing_code c on c.hash = decode(r.code, 'hex')
              join licensing_batch b on b.id = c.batch_id
              join catalog_planversion v on v.id = b.plan_version_id
              join catalog_plan on catalog_plan.id = v.plan_id
              join catalog_product product on product.id = catalog_plan.product_id
             where num_nonnulls(c.license_id, c.voided_at, c.replaced_by_id) = 0 and product.slug = r.product
        ), made as (
            insert into licensing_license (id, product_id, plan_version_id, starts_at, expires_at, created_at)
            select license, product, plan_version, p_now, p_now + code_days * interval '24 hours', p_now from fresh
        ), granted as (
            insert into licensing_term (id, license_id, kind, grant_ref, plan_version_id, code_id, seconds, granted_at,
                                        starts_at, ends_at)
            select gen_random_uuid(), license, case kind when 'gift' then 'gift' else 'code' end, 'code:' || code,
                   plan_version, code, code_days * 86400::bigint, p_now, p_now, p_now + code_days * interval '24 hours'
              from fresh
        ), noted as (
            insert into core_auditentry (at, actor_kind, actor, action, subject_type, subject, reason, data)
            select p_now, p_actor_kind, p_actor, 'license.redeemed', 'license', license, p_reason,
                   jsonb_build_object('code', code) from fresh
        )
        update licensing_code c set license_id = fresh.license, redeemed_at = p_now from fresh where c.id = fresh.code;
    end if;

    -- The seat of an offline device is free once its lease has ended; a device that asks again itself keeps it.
    with lapsed as (
        update licensing_activation a set removed_at = a.offline_until, removed_by = 'system'
         where a.license_id = any (v_licenses) and a.removed_at is null and a.offline_until < p_now
           and not exists (select from json_to_recordset(p_requests) as r(code text, license uuid, fingerprint text)
                             left join licensing_code c on c.hash = decode(r.code, 'hex')
                            where decode(r.fingerprint, 'hex') = a.fingerprint
                              and coalesce(r.license, c.license_id) = a.license_id)
        returning a.id, a.license_id
    )
    insert into core_auditentry (at, actor_kind, action, subject_type, subject, person, reason, data)
    select p_now, 'system', 'device.removed', 'license', lapsed.license_id, l.owner_id, 'its offline lease has ended',
           jsonb_build_object('activation', lapsed.id)
      from lapsed join licensing_license l on l.id = lapsed.license_id;

    -- Every unknown code counts twice: for where it came from, and overall.
    if v_found + coalesce(cardinality(v_direct), 0) < json_array_length(p_requests) then
        with guess as materialized (
            select r.n, lim.bucket, lim.most, lim.seconds, lim.since,
                   row_number() over (partition by lim.bucket order by r.n) as place
              from rows from (json_to_recordset(p_requests) as (code text, bucket text))
                   with ordinality as r(code, bucket, n)
              left join licensing_code c on c.hash = decode(r.code, 'hex')
             cross join lateral json_to_recordset(p_limits) as l(bucket text, most int, seconds int,
                                                                           since timestamptz)
             cross join lateral (select coalesce(l.bucket, r.bucket) as bucket, l.most, l.seconds, l.since) lim
             where r.code is not null and c.id is null and lim.bucket is not null
        ), tally as (
            insert into core_throttlecounter as t (bucket, "window", count)
            select guess.bucket, guess.since, count(*)::int from guess
             group by guess.bucket, guess.since order by guess.bucket
                on conflict (bucket, "window") do update set count = t.count + excluded.count
            returning t.bucket, t.count
        ), throttled as (
            select guess.n, max(ceil(extract(epoch from guess.since - p_real_now)) + guess.seconds)
                            filter (where tally.count - total.guesses + guess.place > guess.most)::int as retry_after
              from guess
              join tally on tally.bucket = guess.bucket
              join (select guess.bucket, count(*) as guesses from guess group by guess.bucket) total
                on total.bucket = guess.bucket
             group by guess.n
        )
        select array_agg(throttled.retry_after order by every.n) into v_throttled
          from generate_series(1, json_array_length(p_requests)) every(n)
          left join throttled on throttled.n = every.n;
    end if;

    return query
    with r as materialized (
        select r.n, decode(r.code, 'hex') as code, r.license, r.product, decode(r.fingerprint, 'hex') as fingerprint,
               r.name, r.platform, r.app_version, decode(r.token, 'hex') as token, r.bucket,
               coalesce(r.nonce, '') as nonce, decode(r.public_key, 'hex') as public_key
          from rows from (json_to_recordset(p_requests) as (code text, license uuid, product text, fingerprint text,
               name text, platform text, app_version text, token text, bucket text, nonce text, public_key text))
               with ordinality as r(code, license, product, fingerprint, name, platform, app_version, token, bucket,
               nonce, public_key, n)
    ), known as materialized (
        select r.*, l.id as license_id, l.owner_id, product.slug::text as product_slug, catalog_plan.slug::text as plan_slug,
               l.starts_at, l.expires_at,
               greatest(l.expires_at + v.grace_days * interval '24 hours', l.tolerated_until) as grace_until,
               v.device_limit + l.added_devices as device_limit, l.seats_used, v.lease_days, v.offline_lease_days,
               v.swap_limit, v.features,
               case when c.id is null and l.id is null then 'code_unknown'
                    when product.slug <> r.product then 'product_mismatch'
                    when c.voided_at is not null or c.replaced_by_id is not null then 'code_blocked'
                    when l.refunded_at is not null then 'license_refunded'
                    when l.suspended_at is not null then 'license_suspended'
                    when p_now >= greatest(l.expires_at + v.grace_days * interval '24 hours', l.tolerated_until)
                    then 'license_expired'
               end as refusal
          from r
          -- "offset 0" keeps these look-ups by key, whatever the planner thinks of the number of requests.
          left join lateral (select c.*, b.plan_version_id
                               from licensing_code c join licensing_batch b on b.id = c.batch_id
                              where c.hash = r.code offset 0) c on true
          left join lateral (select l.* from licensing_license l
                              where l.id = coalesce(r.license, c.license_id) offset 0) l on true
          left join catalog_planversion v on v.id = coalesce(l.plan_version_id, c.plan_version_id)
          left join catalog_plan on catalog_plan.id = v.plan_id
          left join catalog_product product on product.id = catalog_plan.product_id
    ), device as materialized (  -- each device once, however often it asks; its last request tells what it is now
        select k.license_id, k.fingerprint, min(k.n) as first_n,
               (array_agg(k.token order by k.n desc))[1:5] as tokens,
               (array_agg(k.name order by k.n desc))[1] as name,
               (array_agg(k.platform order by k.n desc))[1] as platform,
               (array_agg(k.app_version order by k.n desc))[1] as app_version,
               (array_agg(k.nonce order by k.n desc))[1] as nonce,
               (array_agg(k.public_key order by k.n desc))[1] as public_key,
               least(p_now + max(k.offline_lease_days) * interval '24 hours', max(k.grace_until)) as offline_until,
               max(k.device_limit) as device_limit, max(k.swap_limit) as swap_limit,
               (array_agg(k.owner_id))[1] as owner_id
          from known k where k.refusal is null group by k.license_id, k.fingerprint
    ), held as materialized (
        select d.license_id, d.fingerprint, a.id, a.created_at, d.tokens, d.app_version, d.platform, d.nonce,
               d.public_key,
               case when d.nonce = '' then null
                    when d.nonce = a.offline_nonce and a.offline_until > p_now then a.offline_until
                    else d.offline_until end as offline_until
          from device d
          join licensing_activation a
            on a.license_id = d.license_id and a.fingerprint = d.fingerprint and a.removed_at is null
    ), seats as materialized (
        select s.*, s.device_limit - s.used as free,
               case when s.freed_at is null then s.device_limit
                    else s.swap_limit - (select count(*) from licensing_activation a
                          where a.license_id = s.license_id and a.is_swap and a.created_at > p_now - v_month)::int
               end as newcomers
          from (select d.license_id, max(d.device_limit) as device_limit, max(d.swap_limit) as swap_limit,
                       (select count(*) from licensing_activation a
                         where a.license_id = d.license_id and a.removed_at is null)::int as used,
                       (select max(a.removed_at) from licensing_activation a
                         where a.license_id = d.license_id and a.removed_at > p_now - v_month) as freed_at
                  from device d group by d.license_id) s
    ), newcomer as materialized (
        select d.*, seats.free, seats.newcomers, seats.freed_at,
               row_number() over (partition by d.license_id order by d.first_n) as place
          from device d join seats on seats.license_id = d.license_id
         where not exists (select from held
                            where held.license_id = d.license_id and held.fingerprint = d.fingerprint)
    ), seated as (
        insert into licensing_activation (id, license_id, fingerprint, name, platform, app_version, created_at,
               last_seen_at, is_swap, token_hashes, offline_until, offline_nonce, offline_key)
        select gen_random_uuid(), license_id, fingerprint, name, platform, app_version, p_now, p_now,
               freed_at is not null, tokens, case when nonce <> '' then offline_until end, nonce, public_key
          from newcomer where place <= least(free, newcomers) order by first_n
            on conflict do nothing
        returning licensing_activation.id, licensing_activation.license_id, licensing_activation.fingerprint,
                  licensing_activation.platform, licensing_activation.created_at, licensing_activation.offline_until
    ), renewed as (
        update licensing_activation a
           set token_hashes = (held.tokens || a.token_hashes)[1:5], last_seen_at = greatest(a.last_seen_at, p_now),
               app_version = held.app_version, platform = held.platform, offline_until = held.offline_until,
               offline_nonce = held.nonce, offline_key = held.public_key
          from held where a.id = held.id
    ), counted as materialized (
        select seats.license_id, seats.used + count(seated.id)::int as used
          from seats left join seated on seated.license_id = seats.license_id group by seats.license_id, seats.used
    ), written as (
        update licensing_license l set seats_used = counted.used
          from counted where l.id = counted.license_id and l.seats_used <> counted.used
    ), noted as (
        insert into core_auditentry (at, actor_kind, actor, action, subject_type, subject, person, reason, data)
        select p_now, p_actor_kind, p_actor, 'device.added', 'license', seated.license_id, newcomer.owner_id, p_reason,
               jsonb_build_object('activation', seated.id, 'platform', seated.platform)
          from seated
          join newcomer on newcomer.license_id = seated.license_id and newcomer.fingerprint = seated.fingerprint
    ), told as (
        insert into core_outboxmessage (key, topic, payload, created_at, due_at)
        select gen_random_uuid(), 'licensing.device_added', jsonb_build_object('activation_id', seated.id), p_real_now,
               p_real_now
          from seated
          join newcomer on newcomer.license_id = seated.license_id and newcomer.fingerprint = seated.fingerprint
         where newcomer.owner_id is not null
    ), answered as materialized (
        select k.n as n,
               case when v_throttled[k.n::int] is not null then 'too_many_attempts'
                    when k.refusal is not null then k.refusal
                    when seated.id is not null and newcomer.first_n = k.n then 'created'
                    when seated.id is not null or held.id is not null then 'held'
                    when newcomer.free <= newcomer.newcomers then 'device_limit_reached'
                    else 'swap_limit_reached' end as outcome,
               coalesce(seated.id, held.id) as activation_id, coalesce(seated.created_at, held.created_at) as created_at,
               k.license_id, k.product_slug as product,
               k.plan_slug as plan, case when p_now >= k.expires_at then 'grace' else 'active' end as status,
               k.starts_at, k.expires_at, k.grace_until, k.device_limit,
               coalesce(counted.used, k.seats_used) as devices_used, k.lease_days,
               k.features::text[] as features,
               coalesce(seated.offline_until, held.offline_until) as offline_until,
               case when k.refusal is null and seated.id is null and held.id is null
                     and newcomer.free > newcomer.newcomers then
                   -- Either the oldest exchange that fills the allowance, or the last freeing, will be 30 days past.
                   least(newcomer.freed_at, case
                       when newcomer.swap_limit = 0 then null
                       when newcomer.newcomers >= newcomer.swap_limit then p_now
                       else (select a.created_at from licensing_activation a
                              where a.license_id = k.license_id and a.is_swap and a.created_at > p_now - v_month
                              order by a.created_at desc
                              offset newcomer.swap_limit - greatest(newcomer.newcomers, 0) - 1 limit 1) end) + v_month
               end as retry_at,
               v_throttled[k.n::int] as retry_after,
               k.platform, k.app_version
          from known k
          left join newcomer on newcomer.license_id = k.license_id and newcomer.fingerprint = k.fingerprint
          left join seated on seated.license_id = k.license_id and seated.fingerprint = k.fingerprint
          left join held on held.license_id = k.license_id and held.fingerprint = k.fingerprint
          left join counted on counted.license_id = k.license_id
    ), refused as (  -- of each licence one row for each reason: what the desk tells whoever asks why
        insert into licensing_refusedactivation as kept (license_id, reason, times, first_at, last_at, platform,
                                                          app_version)
        select answered.license_id, answered.outcome, count(*)::int, p_now, p_now,
               (array_agg(answered.platform order by answered.n desc))[1],
               (array_agg(answered.app_version order by answered.n desc))[1]
          from answered
         where answered.license_id is not null and answered.outcome not in ('created', 'held', 'too_many_attempts')
         group by answered.license_id, answered.outcome order by answered.license_id, answered.outcome
            on conflict (license_id, reason) do update
               set times = kept.times + excluded.times, last_at = excluded.last_at, platform = excluded.platform,
                   app_version = excluded.app_version
    )
    select a.n, a.outcome, a.activation_id, a.created_at, a.license_id, a.product, a.plan, a.status, a.starts_at,
           a.expires_at, a.grace_until, a.device_limit, a.devices_used, a.lease_days, a.features, a.offline_until,
           a.retry_at, a.retry_after
      from answered a
     order by a.n;
end $$;
