"""English for readers everywhere: the day before the month, the month in words, so that no date is read wrongly."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
# Moments that are promised to somebody, and those of the next days.
PROMISE_FORMAT = "l, j F, H:i"
WEEKDAY_FORMAT = "l, H:i"
