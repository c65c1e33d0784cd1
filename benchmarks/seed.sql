-- Licences that are in use, and codes that are not, as many as asked for. Everything is derived from its number, so that
-- pgbench and the load generator can name any of them without a look-up.
insert into catalog_product (id, slug, name, tagline, description, icon, reference_currency, is_listed, created_at)
values (md5('product')::uuid, 'halcyon-shield', 'Halcyon Shield', '', '', 'shield', 'EUR', true, now());
insert into catalog_plan (id, product_id, slug, name, is_listed, position)
values (md5('plan')::uuid, md5('product')::uuid, 'plus-5', 'Plus', true, 0);
insert into catalog_planversion (id, plan_id, number, device_limit, term_months, code_days, grace_days, lease_days,
                                 offline_lease_days, swap_limit, features, created_at)
values (md5('version')::uuid, md5('plan')::uuid, 1, 5, 12, 365, 14, 14, 90, 4, '{firewall,vault}', now());
insert into licensing_batch (id, plan_version_id, kind, label, reason, count, made, created_at, finished_at, list_path)
values (md5('batch')::uuid, md5('version')::uuid, 'retail', '', '', :codes, :codes, now(), now(), '');

create function bench_token(n bigint) returns bytea language sql immutable
    return substring(sha256(convert_to('token-' || n, 'UTF8')) from 1 for 24);
create function bench_fingerprint(n bigint) returns bytea language sql immutable
    return sha256(convert_to('fingerprint of bench ' || n, 'UTF8'));
create function bench_code(n bigint) returns bytea language sql immutable
    return sha256(convert_to('code-' || n, 'UTF8'));

insert into licensing_license (id, product_id, plan_version_id, seats_used, starts_at, expires_at, created_at)
select md5('license-' || n)::uuid, md5('product')::uuid, md5('version')::uuid, 1, now(), now() + interval '365 days', now()
  from generate_series(1, :licenses) n;
insert into licensing_code (id, hash, tail, batch_id, license_id, redeemed_at)
select gen_random_uuid(), sha256(convert_to('used-' || n, 'UTF8')), '00000', md5('batch')::uuid,
       md5('license-' || n)::uuid, now() from generate_series(1, :licenses) n;
insert into licensing_term (id, license_id, kind, grant_ref, plan_version_id, seconds, granted_at, starts_at, ends_at)
select gen_random_uuid(), md5('license-' || n)::uuid, 'code', 'code:' || md5('used-' || n)::uuid,
       md5('version')::uuid, 365 * 86400, now(), now(), now() + interval '365 days' from generate_series(1, :licenses) n;
insert into licensing_activation (id, license_id, fingerprint, name, platform, app_version, created_at, last_seen_at,
                                  token_hashes)
select md5('activation-' || n)::uuid, md5('license-' || n)::uuid, bench_fingerprint(n), 'bench', 'linux', '3.2.0', now(),
       now(), array[sha256(bench_token(n))] from generate_series(1, :licenses) n;
insert into licensing_code (id, hash, tail, batch_id)
select gen_random_uuid(), bench_code(n), '00000', md5('batch')::uuid from generate_series(1, :codes) n;
