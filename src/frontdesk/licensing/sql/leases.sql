-- Judges renewals of leases; reads only. p_requests: a JSON array of {activation: uuid, token: hex of the token's
-- SHA-256, fingerprint: hex of its SHA-256}. outcome is 'granted' or the code of a reason.
create or replace function licensing_lease(p_now timestamptz, p_requests json) returns table (
    n bigint, outcome text, activation_id uuid, created_at timestamptz, license_id uuid, product text, plan text,
    status text, starts_at timestamptz, expires_at timestamptz, grace_until timestamptz, device_limit int,
    devices_used int, lease_days int, features text[], offline_until timestamptz
) language sql stable as $$
    select r.n,
           case when f.activation_id is null then 'activation_unknown'
                when f.refunded_at is not null then 'license_refunded'
                when f.suspended_at is not null then 'license_suspended'
                when p_now >= f.grace_until then 'license_expired'
                when f.removed_at is not null then 'activation_removed'
                when f.fingerprint <> decode(r.fingerprint, 'hex') then 'fingerprint_mismatch'
                else 'granted' end,
           f.activation_id, f.created_at, f.license_id, f.product, f.plan,
           case when p_now >= f.expires_at then 'grace' else 'active' end, f.starts_at, f.expires_at, f.grace_until,
           f.device_limit, f.seats_used, f.lease_days, f.features, f.offline_until
      from rows from (json_to_recordset(p_requests) as (activation uuid, token text, fingerprint text))
           with ordinality as r(activation, token, fingerprint, n)
           -- "offset 0" keeps this a look-up by key, whatever the planner thinks of the number of requests.
      left join lateral (
          select a.id as activation_id, a.created_at, a.removed_at, a.fingerprint, a.offline_until, l.id as license_id,
                 l.refunded_at, l.suspended_at, l.starts_at, l.expires_at, l.seats_used,
                 greatest(l.expires_at + v.grace_days * interval '24 hours', l.tolerated_until) as grace_until,
                 v.device_limit + l.added_devices as device_limit, v.lease_days, v.features::text[] as features,
                 product.slug::text as product, catalog_plan.slug::text as plan
            from licensing_activation a
            join licensing_license l on l.id = a.license_id
            join catalog_planversion v on v.id = l.plan_version_id
            join catalog_plan on catalog_plan.id = v.plan_id
            join catalog_product product on product.id = catalog_plan.product_id
           where a.id = r.activation and decode(r.token, 'hex') = any (a.token_hashes)
          offset 0
      ) f on true
     order by r.n
$$;

-- Writes when devices were last seen, many at once. p_seen: a JSON array of {activation, seen_at, app_version}.
-- Rows that somebody is changing just now are skipped rather than waited for: the next renewal comes within a day.
create or replace function licensing_seen(p_seen json) returns void language sql volatile
set enable_seqscan = off
as $$
    update licensing_activation a set last_seen_at = s.seen_at, app_version = s.app_version
      from (select a.id, s.seen_at, s.app_version
              from json_to_recordset(p_seen) as s(activation uuid, seen_at timestamptz, app_version text)
              join licensing_activation a on a.id = s.activation
             where a.last_seen_at < s.seen_at - interval '10 minutes'  -- so that a busy device costs no busy writing
                or (a.last_seen_at < s.seen_at and a.app_version <> s.app_version)
               for update of a skip locked) s
     where a.id = s.id
$$;
