-- One row per reading that is the only one for each of its slips, entries or receipts and for each of its lines.
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
    on item_readings.bank_account_key = readings.bank_account_key
    and item_readings.item_kind = readings.item_kind
    and item_readings.item_date = readings.item_date
    and item_readings.amount = readings.amount
left join line_readings
    on line_readings.bank_account_key = readings.bank_account_key
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
