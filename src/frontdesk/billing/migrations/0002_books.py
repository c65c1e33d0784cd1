"""The books in the database's own care: entries are append-only, each booking sums to zero, issued invoices stay.

A booking is judged at commit, since its lines come one by one.
"""

from django.db import migrations

FORWARD = """
create function billing_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only';
end $$;
create trigger billing_ledger_append_only before update or delete on billing_ledgerentry
    for each row execute function billing_refuse();
create trigger billing_ledger_no_truncate before truncate on billing_ledgerentry
    for each statement execute function billing_refuse();

create function billing_booking_balanced() returns trigger language plpgsql as $$
begin
    if (select sum(amount_minor) from billing_ledgerentry
         where booking = new.booking and currency = new.currency) <> 0 then
        raise exception 'booking % does not sum to zero in %', new.booking, new.currency
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger billing_booking_balanced after insert on billing_ledgerentry
    deferrable initially deferred for each row execute function billing_booking_balanced();

create function billing_issued_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'an issued invoice is never deleted' using errcode = 'check_violation';
    end if;
    if (new.number, new.kind, new.currency, new.gross_minor, new.net_minor, new.tax_minor, new.credit_minor,
        new.tax_rate, new.tax_country, new.lines, new.issued_at)
       is distinct from
       (old.number, old.kind, old.currency, old.gross_minor, old.net_minor, old.tax_minor, old.credit_minor,
        old.tax_rate, old.tax_country, old.lines, old.issued_at) then
        raise exception 'an issued invoice is never changed' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger billing_issued_stays before update or delete on billing_invoice
    for each row when (old.number is not null) execute function billing_issued_stays();
"""
BACKWARD = """
drop trigger billing_issued_stays on billing_invoice;
drop function billing_issued_stays();
drop trigger billing_booking_balanced on billing_ledgerentry;
drop function billing_booking_balanced();
drop trigger billing_ledger_no_truncate on billing_ledgerentry;
drop trigger billing_ledger_append_only on billing_ledgerentry;
drop function billing_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_billing")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
