-- One row per reading that is the only one for each of its slips or entries and for each of its lines, none of which is
-- in doubt because of two others.
select
    readings.item_side,
    readings.line_side,
    readings.bank_account_key,
    readings.item_kind,
    readings.item_date,
    readings.booking_date,
    readings.amount
from readings
left join item_readings
    on readings.item_side = 'one'
    and item_readings.bank_account_key = readings.bank_account_key
    and item_readings.item_kind = readings.item_kind
    and item_readings.item_date = readings.item_date
    and item_readings.amount = readings.amount
left join line_readings
    on readings.line_side = 'one'
    and line_readings.bank_account_key = readings.bank_account_key
    and line_readings.item_kind = readings.item_kind
    and line_readings.booking_date = readings.booking_date
    and line_readings.amount = readings.amount
left join item_day_readings
    on item_day_readings.bank_account_key = readings.bank_account_key
    and item_day_readings.item_kind = readings.item_kind
    and item_day_readings.item_date = readings.item_date
left join line_day_readings
    on line_day_readings.bank_account_key = readings.bank_account_key
    and line_day_readings.item_kind = readings.item_kind
    and line_day_readings.booking_date = readings.booking_date
left join (
    select distinct bank_account_key, item_kind, item_date
    from doubtful_items
) as doubtful_item_days
    on readings.item_side = 'day'
    and doubtful_item_days.bank_account_key = readings.bank_account_key
    and doubtful_item_days.item_kind = readings.item_kind
    and doubtful_item_days.item_date = readings.item_date
left join doubtful_items
    on readings.item_side = 'one'
    and doubtful_items.bank_account_key = readings.bank_account_key
    and doubtful_items.item_kind = readings.item_kind
    and doubtful_items.item_date = readings.item_date
    and doubtful_items.amount = readings.amount
left join (
    select distinct bank_account_key, item_kind, booking_date
    from doubtful_lines
) as doubtful_line_days
    on readings.line_side = 'day'
    and doubtful_line_days.bank_account_key = readings.bank_account_key
    and doubtful_line_days.item_kind = readings.item_kind
    and doubtful_line_days.booking_date = readings.booking_date
left join doubtful_lines
    on readings.line_side = 'one'
    and doubtful_lines.bank_account_key = readings.bank_account_key
    and doubtful_lines.item_kind = readings.item_kind
    and doubtful_lines.booking_date = readings.booking_date
    and doubtful_lines.amount = readings.amount
where
    readings.items = 1
    and readings.free_items = 1
    and readings.lines = 1
    and readings.free_lines = 1
    and case
        when readings.item_side = 'one'
            then item_readings.readings = 1 and coalesce(item_day_readings.whole, 0) = 0
        else item_day_readings.whole = 1 and item_day_readings.single = 0
    end
    and case
        when readings.line_side = 'one'
            then line_readings.readings = 1 and coalesce(line_day_readings.whole, 0) = 0
        else line_day_readings.whole = 1 and line_day_readings.single = 0
    end
    and doubtful_items.amount is null
    and doubtful_item_days.item_date is null
    and doubtful_lines.amount is null
    and doubtful_line_days.booking_date is null
