"""The words of conversations for the inbox's search, kept by triggers: whoever writes, erases or moves, it is true."""

from django.db import migrations

# Punctuation becomes space, or "ada@example.org" and "/tmp/log.txt" would each be one word that nobody can find a part of.
WORDS = r"""
create function tickets_words(text) returns tsvector language sql immutable parallel safe as $$
    select to_tsvector('simple', translate(lower(left($1, 50000)), '@._-/:\+=&?#%~|<>()[]{}''"`´’', repeat(' ', 31)))
$$;

create function tickets_document(p_conversation uuid) returns tsvector language plpgsql stable as $$
declare
    v_document tsvector;
    v_text text;
begin
    select tickets_words(c.reference || ' ' || replace(c.reference, '-', '') || ' ' || c.subject) into v_document
      from tickets_conversation c where c.id = p_conversation;
    for v_text in
        select p.name || ' ' || p.address from tickets_participant p where p.conversation_id = p_conversation
        union all
        (select m.text || ' ' || m.author_name from tickets_message m
          where m.conversation_id = p_conversation and m.kind <> 'event' order by m.sequence desc limit 500)
    loop
        -- A document holds at most a megabyte; what goes beyond is found by its other words.
        exit when pg_column_size(v_document) > 400000;
        v_document := v_document || tickets_words(v_text);
    end loop;
    return v_document;
end $$;

create function tickets_index(p_conversation uuid) returns void language sql as $$
    insert into tickets_conversationsearch (conversation_id, document)
    select p_conversation, tickets_document(p_conversation)
     where exists (select from tickets_conversation c where c.id = p_conversation)
        on conflict (conversation_id) do update set document = excluded.document
$$;

-- Of a row that is there: one that is being deleted with its conversation must not come back.
create function tickets_index_again(p_conversation uuid) returns void language sql as $$
    update tickets_conversationsearch set document = tickets_document(p_conversation)
     where conversation_id = p_conversation
$$;

create function tickets_index_message() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and new.kind = 'event' then
        return null;
    elsif tg_op = 'INSERT' then
        update tickets_conversationsearch s set document = s.document || tickets_words(new.text || ' ' || new.author_name)
         where s.conversation_id = new.conversation_id and pg_column_size(s.document) <= 400000;
    else
        perform tickets_index_again(coalesce(new.conversation_id, old.conversation_id));
    end if;
    return null;
end $$;

create function tickets_index_participant() returns trigger language plpgsql as $$
begin
    perform tickets_index_again(coalesce(new.conversation_id, old.conversation_id));
    return null;
end $$;

create function tickets_index_conversation() returns trigger language plpgsql as $$
begin
    perform tickets_index(new.id);
    return null;
end $$;

create trigger tickets_index_opened after insert on tickets_conversation
    for each row execute function tickets_index_conversation();
create trigger tickets_index_renamed after update of subject, reference on tickets_conversation
    for each row when (old.subject <> new.subject or old.reference <> new.reference)
    execute function tickets_index_conversation();
create trigger tickets_index_said after insert or delete on tickets_message
    for each row execute function tickets_index_message();
create trigger tickets_index_redacted after update of text, author_name, conversation_id on tickets_message
    for each row when (old.text <> new.text or old.author_name <> new.author_name
                       or old.conversation_id <> new.conversation_id)
    execute function tickets_index_message();
create trigger tickets_index_takes_part after insert or delete or update of name, address on tickets_participant
    for each row execute function tickets_index_participant();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_start")]
    operations = [migrations.RunSQL(WORDS, migrations.RunSQL.noop)]
