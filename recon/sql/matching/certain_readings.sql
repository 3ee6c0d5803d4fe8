-- One row per only reading of which no slip, receipt or line is in doubt.
select
    readings.item_side,
    readings.line_side,
    readings.bank_account_key,
    readings.item_kind,
    readings.item_date,
    readings.booking_date,
    readings.amount
from only_readings as readings
left join (
    select bank_account_key, item_kind, item_date, min(amount) as amount
    from doubtful_items
    group by bank_account_key, item_kind, item_date
) as item_days
    on item_days.bank_account_key = readings.bank_account_key
    and item_days.item_kind = readings.item_kind
    and item_days.item_date = readings.item_date
left join doubtful_items
    on doubtful_items.bank_account_key = readings.bank_account_key
    and doubtful_items.item_kind = readings.item_kind
    and doubtful_items.item_date = readings.item_date
    and doubtful_items.amount = readings.amount
left join (
    select bank_account_key, item_kind, booking_date, min(amount) as amount
    from doubtful_lines
    group by bank_account_key, item_kind, booking_date
) as line_days
    on line_days.bank_account_key = readings.bank_account_key
    and line_days.item_kind = readings.item_kind
    and line_days.booking_date = readings.booking_date
left join doubtful_lines
    on doubtful_lines.bank_account_key = readings.bank_account_key
    and doubtful_lines.item_kind = readings.item_kind
    and doubtful_lines.booking_date = readings.booking_date
    and doubtful_lines.amount = readings.amount
where
    doubtful_items.amount is null
    and doubtful_lines.amount is null
    and (readings.item_side = 'one' or item_days.amount is null)
    and (readings.line_side = 'one' or line_days.amount is null)
