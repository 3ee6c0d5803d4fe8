"""Dates as everywhere in the house: 2026-06-30."""

DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
