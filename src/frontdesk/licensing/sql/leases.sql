-- Judges renewals of leases; reads only. p_requests: a JSON array of {activation: uuid, token: hex of the token's
-- SHA-256, fingerprint: hex of its SHA-256}. outcome is 'granted' or the code of a reason.
create function licensing_lease(p_now timestamptz, p_requests json) returns table (
    n bigint, outcome text, activation_id uuid, created_at timestamptz, license_id uuid, product text, plan text,
    status text, starts_at timestamptz, expires_at timestamptz, grace_until timestamptz, device_limit int,
    devices_used int, lease_days int, features text[], offline_until timestamptz
) language sql stable as $$
    select r.n,
           case when a.id is null then 'activation_unknown'
                when l.refunded_at is not null then 'license_refunded'
                when l.suspended_at is not null then 'license_suspended'
                when p_now >= l.expires_at + v.grace_days * interval '24 hours' then 'license_expired'
                when a.removed_at is not null then 'activation_removed'
                when r.fingerprint is not null and a.fingerprint <> decode(r.fingerprint, 'hex')
                    then 'fingerprint_mismatch'
                else 'granted' end,
           a.id, a.created_at, l.id, product.slug::text, catalog_plan.slug::text,
           case when p_now >= l.expires_at then 'grace' else 'active' end, l.starts_at, l.expires_at,
           l.expires_at + v.grace_days * interval '24 hours', v.device_limit + l.added_devices, l.seats_used,
           v.lease_days, v.features::text[], a.offline_until
      from rows from (json_to_recordset(p_requests) as (activation uuid, token text, fingerprint text))
           with ordinality as r(activation, token, fingerprint, n)
      left join licensing_activation a on a.id = r.activation and decode(r.token, 'hex') = any (a.token_hashes)
      left join licensing_license l on l.id = a.license_id
      left join catalog_planversion v on v.id = l.plan_version_id
      left join catalog_plan on catalog_plan.id = v.plan_id
      left join catalog_product product on product.id = catalog_plan.product_id
     order by r.n
$$;

-- Writes when devices were last seen, many at once. p_seen: a JSON array of {activation, seen_at, app_version}.
-- Rows that somebody is changing just now are skipped rather than waited for: the next renewal comes within a day.
create function licensing_seen(p_seen json) returns void language sql volatile as $$
    update licensing_activation a set last_seen_at = s.seen_at, app_version = s.app_version
      from (select a.id, s.seen_at, s.app_version
              from json_to_recordset(p_seen) as s(activation uuid, seen_at timestamptz, app_version text)
              join licensing_activation a on a.id = s.activation
             where a.last_seen_at < s.seen_at
               for update of a skip locked) s
     where a.id = s.id
$$;
