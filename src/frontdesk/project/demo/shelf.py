"""Which codes of the demo nobody has put to use yet, in plain SQL: models would take a second to load."""

import psycopg
from django.conf import settings

from frontdesk.licensing.codes import digest, parse
from frontdesk.project.demo.facts import DemoCode, Facts

STILL_THERE = "select hash from licensing_code where hash = any(%s) and redeemed_at is null and voided_at is null"


def unused(facts: Facts) -> list[DemoCode]:
    """Those that were made to be tried out, without those that have been."""
    made = {digest(parse(code.code)): code for code in facts.codes if code.situation == "unused"}
    with psycopg.connect(settings.DATABASE_DSN) as connection:
        left = {bytes(row[0]) for row in connection.execute(STILL_THERE, [list(made)])}
    return [code for key, code in made.items() if key in left]
