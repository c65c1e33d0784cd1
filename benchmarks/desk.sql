-- A desk with :conversations conversations of about five messages each, made within seconds: people, teams, areas, agents.
-- Most matters are solved, as on every desk; some hundreds are open, waiting or put off. Words come from a small
-- vocabulary with a long tail, so that a search finds everything, some or one. Triggers are off; the words are entered after.
set session_replication_role = replica;

insert into tickets_team (id, slug, name)
select md5('team-' || n)::uuid, 'team-' || n, 'Team ' || n from generate_series(1, 4) n;
insert into tickets_area (id, slug, titles, reason_codes, team_id, least_level, relax_minutes, position)
select md5('area-' || n)::uuid, 'area-' || n, jsonb_build_object('en', 'Area ' || n), '{}', md5('team-' || (n % 4 + 1))::uuid, 1,
       60, n
  from generate_series(1, 8) n;
insert into accounts_person (id, password, email, name, language, time_zone, is_active, is_staff, is_superuser, role,
                             created_at)
select md5('person-' || n)::uuid, '!', 'person' || n || '@example.org', 'Given' || n % 97 || ' Family' || n, 'en', '', true,
       n <= 20, false, case when n <= 20 then 'agent' else '' end, :now::timestamptz - interval '400 days'
  from generate_series(1, greatest(:conversations / 4, 40)) n;
insert into tickets_agent (person_id, capacity, takes_new, signature)
select md5('person-' || n)::uuid, 10, true, '' from generate_series(1, 20) n;
insert into tickets_agent_teams (agent_id, team_id)
select md5('person-' || n)::uuid, md5('team-' || (n % 4 + 1))::uuid from generate_series(1, 20) n;

create temporary table made as
select n, md5('conversation-' || n)::uuid as id, md5('person-' || (n % greatest(:conversations / 4, 40) + 1))::uuid as person,
       :now::timestamptz - (n * 365.0 / :conversations) * interval '1 day' as at,
       case when n <= :conversations / 25 then case n % 3 when 0 then 'waiting' else 'open' end
            when n % 200 = 0 then 'spam' when n % 5 = 0 then 'solved' else 'closed' end as status
  from generate_series(1, :conversations) n;

insert into tickets_conversation (id, reference, reply_token, subject, channel, status, priority, person_id, language, area_id,
       team_id, assignee_id, reason_code, plan_name, tags, last_sequence, created_at, last_message_at, last_customer_at,
       solved_at, snoozed_until, first_due_at, solve_due_at)
select id, 'B' || lpad(n::text, 8, '0'), md5('token-' || n), 'Matter ' || n || ' about topic' || n % 500, (array['form', 'mail', 'chat'])[n % 3 + 1],
       status, n % 4 + 1, person, (array['en', 'de'])[n % 2 + 1], md5('area-' || (n % 8 + 1))::uuid, md5('team-' || (n % 4 + 1))::uuid,
       case when n % 4 > 0 then md5('person-' || (n % 20 + 1))::uuid end, case when n % 6 = 0 then 'device_limit_reached' else '' end,
       'Halcyon Shield Plus', case when n % 10 = 0 then array['vip', 'tag-' || n % 50] else '{}' end, 5, at, at + interval '5 hours',
       at + interval '4 hours', case when status in ('solved', 'closed') then at + interval '5 hours' end,
       case when status = 'open' and n % 10 = 1 then :now::timestamptz + interval '1 day' end,
       case when status = 'open' then :now::timestamptz + (n % 400 - 100) * interval '10 minutes' end,
       case when status in ('open', 'waiting') then :now::timestamptz + (n % 400) * interval '1 hour' end
  from made;
insert into tickets_participant (conversation_id, role, address, name, person_id, last_read_sequence)
select made.id, 'requester', p.email, p.name, p.id, 0 from made join accounts_person p on p.id = made.person;
insert into tickets_message (id, conversation_id, sequence, client_id, kind, channel, author_id, author_name, author_address,
                             text, html, quoted, data, created_at)
select gen_random_uuid(), made.id, s, gen_random_uuid(), (array['customer', 'agent', 'note', 'customer', 'event'])[s], 'form',
       case when s in (2, 3) then md5('person-' || (n % 20 + 1))::uuid else made.person end, '', '',
       case s when 5 then '' else 'Hello, the device says limit reached since update' || n % 40 || '. I tried topic' || (n * s) % 3000
              || ' and restarted, installed again, waited a day; word' || n * s || ' is all it shows. Please help me, '
              || 'I need it for work tomorrow and cannot wait long. Thank you very much in advance!' end, '', '',
       case s when 5 then '{"what": "solved"}'::jsonb else '{}' end, at + s * interval '1 hour'
  from made cross join generate_series(1, 5) s;

set session_replication_role = default;
insert into tickets_conversationsearch (conversation_id, document)
select c.id, tickets_words(c.reference || ' ' || c.subject || ' ' || p.name || ' ' || p.address || ' ' || m.text)
  from tickets_conversation c
  join tickets_participant p on p.conversation_id = c.id
  join (select conversation_id, string_agg(text, ' ') as text from tickets_message group by conversation_id) m
    on m.conversation_id = c.id;
drop table made;
analyze;
