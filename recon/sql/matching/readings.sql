-- One row per way in which slips or entries and lines of one total may belong together: one with one, all slips of a day
-- with one line, one slip with all credits of a day. Sums of other choices are no readings: rents collide.
select
    'one' as item_side,
    'one' as line_side,
    items.bank_account_key,
    items.item_kind,
    items.item_date,
    lines.booking_date,
    items.amount,
    items.items,
    items.free_items,
    lines.lines,
    lines.free_lines
from item_groups as items
inner join line_groups as lines
    on lines.bank_account_key = items.bank_account_key
    and lines.item_kind = items.item_kind
    and lines.amount = items.amount
    and lines.booking_date >= items.fits_from
    and lines.booking_date <= items.fits_to
union all
select
    'day' as item_side,
    'one' as line_side,
    days.bank_account_key,
    days.item_kind,
    days.item_date,
    lines.booking_date,
    days.amount,
    1 as items,
    1 as free_items,
    lines.lines,
    lines.free_lines
from item_days as days
inner join line_groups as lines
    on lines.bank_account_key = days.bank_account_key
    and lines.item_kind = days.item_kind
    and lines.amount = days.amount
    and lines.booking_date >= days.fits_from
    and lines.booking_date <= days.fits_to
union all
select
    'one' as item_side,
    'day' as line_side,
    items.bank_account_key,
    items.item_kind,
    items.item_date,
    days.booking_date,
    items.amount,
    items.items,
    items.free_items,
    1 as lines,
    1 as free_lines
from item_groups as items
inner join line_days as days
    on days.bank_account_key = items.bank_account_key
    and days.item_kind = items.item_kind
    and days.amount = items.amount
    and days.booking_date >= items.fits_from
    and days.booking_date <= items.fits_to
