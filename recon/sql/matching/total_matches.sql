-- One row per bank line and slip, payment out or returned receipt that a certain reading puts together.
with

read_items as (
    select certain.*, items.kind, items.item_id
    from certain_readings as certain
    inner join items_to_match as items
        on items.bank_account_key = certain.bank_account_key
        and items.item_kind = certain.item_kind
        and items.item_date = certain.item_date
        and items.amount = certain.amount
    where certain.item_side = 'one' and items.is_free
    union all
    select certain.*, items.kind, items.item_id
    from certain_readings as certain
    inner join items_to_match as items
        on items.bank_account_key = certain.bank_account_key
        and items.item_kind = certain.item_kind
        and items.item_date = certain.item_date
    where certain.item_side = 'day' and items.is_free
)

select
    lines.bank_line_id,
    certain.kind,
    certain.item_id,
    case when certain.item_side = 'one' then 'total' else 'together' end as rule
from read_items as certain
inner join lines_to_match as lines
    on lines.bank_account_key = certain.bank_account_key
    and lines.item_kind = certain.item_kind
    and lines.booking_date = certain.booking_date
    and lines.amount = certain.amount
where certain.line_side = 'one' and lines.is_free
union all
select
    lines.bank_line_id,
    certain.kind,
    certain.item_id,
    'together' as rule
from read_items as certain
inner join lines_to_match as lines
    on lines.bank_account_key = certain.bank_account_key
    and lines.item_kind = certain.item_kind
    and lines.booking_date = certain.booking_date
where certain.line_side = 'day' and lines.is_free
