-- One row per two slips or receipts of a day and line of their sum, and per two lines of a day and slip of their sum.
select
    'items' as pair_side,
    pairs.bank_account_key,
    pairs.item_kind,
    pairs.item_date,
    lines.booking_date,
    pairs.one_amount,
    pairs.other_amount,
    pairs.amount
from item_pairs as pairs
inner join line_groups as lines
    on lines.bank_account_key = pairs.bank_account_key
    and lines.item_kind = pairs.item_kind
    and lines.amount = pairs.amount
    and lines.free_lines > 0
    and lines.booking_date >= pairs.fits_from
    and lines.booking_date <= pairs.fits_to
union all
select
    'lines' as pair_side,
    pairs.bank_account_key,
    pairs.item_kind,
    items.item_date,
    pairs.booking_date,
    pairs.one_amount,
    pairs.other_amount,
    pairs.amount
from line_pairs as pairs
inner join item_groups as items
    on items.bank_account_key = pairs.bank_account_key
    and items.item_kind = pairs.item_kind
    and items.amount = pairs.amount
    and items.free_items > 0
    and pairs.booking_date >= items.fits_from
    and pairs.booking_date <= items.fits_to
