"""German beyond what Django knows: moments that are promised to somebody."""

PROMISE_FORMAT = "l, j. F, H:i \\U\\h\\r"  # Montag, 3. März, 14:00 Uhr
WEEKDAY_FORMAT = "l, H:i \\U\\h\\r"
