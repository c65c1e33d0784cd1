"""The audit is append-only: the database itself refuses to change or delete its rows, whoever asks."""

from django.db import migrations

FORWARD = """
create function core_audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the audit is append-only';
end $$;
create trigger core_audit_append_only before update or delete on core_auditentry
    for each row execute function core_audit_refuse();
create trigger core_audit_no_truncate before truncate on core_auditentry
    for each statement execute function core_audit_refuse();
create trigger core_seal_append_only before update or delete on core_auditseal
    for each row execute function core_audit_refuse();
"""
BACKWARD = """
drop trigger core_audit_append_only on core_auditentry;
drop trigger core_audit_no_truncate on core_auditentry;
drop trigger core_seal_append_only on core_auditseal;
drop function core_audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_mechanisms")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
