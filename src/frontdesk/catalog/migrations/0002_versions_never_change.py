"""Plan versions and their prices are what was sold: the database refuses to change or delete them, whoever asks."""

from django.db import migrations

FORWARD = """
create function catalog_version_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'plan versions and prices never change: make a new version';
end $$;
create trigger catalog_planversion_fixed before update or delete on catalog_planversion
    for each row execute function catalog_version_refuse();
create trigger catalog_price_fixed before update or delete on catalog_price
    for each row execute function catalog_version_refuse();
"""
BACKWARD = """
drop trigger catalog_planversion_fixed on catalog_planversion;
drop trigger catalog_price_fixed on catalog_price;
drop function catalog_version_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_catalog")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
