-- One row per two slips or receipts of a day and line of their sum, and per two lines of a day and slip of their sum; which
-- of the three no only reading explains.
with

explained_lines as (
    select distinct bank_account_key, item_kind, booking_date, amount
    from only_readings
    where item_side = 'one' and line_side = 'one'
),

explained_items as (
    select distinct bank_account_key, item_kind, item_date, amount
    from only_readings
    where item_side = 'one' and line_side = 'one'
)

select
    'items' as pair_side,
    pairs.bank_account_key,
    pairs.item_kind,
    pairs.item_date,
    lines.booking_date,
    pairs.one_amount,
    pairs.other_amount,
    pairs.amount,
    pairs.one_loose,
    pairs.other_loose,
    case when explained_lines.amount is null then 1 else 0 end as whole_loose
from item_pairs as pairs
inner join line_groups as lines
    on lines.bank_account_key = pairs.bank_account_key
    and lines.item_kind = pairs.item_kind
    and lines.amount = pairs.amount
left join explained_lines
    on explained_lines.bank_account_key = lines.bank_account_key
    and explained_lines.item_kind = lines.item_kind
    and explained_lines.booking_date = lines.booking_date
    and explained_lines.amount = lines.amount
where lines.free_lines > 0 and lines.booking_date >= pairs.fits_from and lines.booking_date <= pairs.fits_to
union all
select
    'lines' as pair_side,
    pairs.bank_account_key,
    pairs.item_kind,
    items.item_date,
    pairs.booking_date,
    pairs.one_amount,
    pairs.other_amount,
    pairs.amount,
    pairs.one_loose,
    pairs.other_loose,
    case when explained_items.amount is null then 1 else 0 end as whole_loose
from line_pairs as pairs
inner join item_groups as items
    on items.bank_account_key = pairs.bank_account_key
    and items.item_kind = pairs.item_kind
    and items.amount = pairs.amount
left join explained_items
    on explained_items.bank_account_key = items.bank_account_key
    and explained_items.item_kind = items.item_kind
    and explained_items.item_date = items.item_date
    and explained_items.amount = items.amount
where items.free_items > 0 and pairs.booking_date >= items.fits_from and pairs.booking_date <= items.fits_to
