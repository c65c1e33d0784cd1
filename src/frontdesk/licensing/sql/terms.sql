-- A licence's end is the sum of its terms. Nothing else computes it.

-- Calendar months in UTC, whatever the session's time zone: 31 January plus one month is 28 February.
create or replace function licensing_add_months(p_from timestamptz, p_months int) returns timestamptz
language sql stable as $$
    select (p_from at time zone 'UTC' + make_interval(months => p_months)) at time zone 'UTC'
$$;

-- Where each term of a licence lies. A term starts at the later of its grant and the end of what stands before it.
-- Terms in months that follow each other are counted from the first one's start (anchor + n months), never chained.
-- A revoked term ends at its revocation; one that had not begun vanishes (counts = false) and is stepped over.
create or replace function licensing_sequence(p_license uuid)
returns table (term_id uuid, term_starts timestamptz, term_ends timestamptz, counts boolean)
language plpgsql stable as $$
declare
    piece record;
    previous timestamptz;
    anchor timestamptz;
    anchored int := 0;
begin
    for piece in
        select t.* from licensing_term t where t.license_id = p_license order by t.granted_at, t.grant_ref
    loop
        term_id := piece.id;
        term_starts := greatest(piece.granted_at, previous);
        if piece.revoked_at <= term_starts then
            term_ends := term_starts;
            counts := false;
            return next;
            continue;
        end if;
        if piece.months is null then
            anchor := null;
            term_ends := term_starts + make_interval(secs => piece.seconds);
        else
            if anchor is null or term_starts is distinct from previous then
                anchor := term_starts;
                anchored := 0;
            end if;
            anchored := anchored + piece.months;
            term_ends := licensing_add_months(anchor, anchored);
        end if;
        if piece.revoked_at < term_ends then
            anchor := null;
            term_ends := piece.revoked_at;
        end if;
        counts := true;
        previous := term_ends;
        return next;
    end loop;
end $$;

-- Write the places of a licence's terms and its span; returns its end. Locks the licence first.
create or replace function licensing_resequence(p_license uuid) returns timestamptz
language plpgsql volatile as $$
declare
    v_end timestamptz;
begin
    perform 1 from licensing_license where id = p_license for no key update;
    update licensing_term t
       set starts_at = s.term_starts, ends_at = s.term_ends
      from licensing_sequence(p_license) s
     where t.id = s.term_id and (t.starts_at, t.ends_at) is distinct from (s.term_starts, s.term_ends);
    update licensing_license l
       set starts_at = span.first_start, expires_at = span.last_end
      from (select coalesce(min(term_starts) filter (where counts), min(term_starts)) as first_start,
                   coalesce(max(term_ends) filter (where counts), min(term_starts)) as last_end
              from licensing_sequence(p_license)) span
     where l.id = p_license and span.first_start is not null
    returning l.expires_at into v_end;
    return v_end;
end $$;
