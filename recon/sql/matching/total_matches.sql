-- One row per bank line and slip or entry that a certain reading puts together.
select
    lines.bank_line_id,
    items.item_kind,
    items.item_id,
    case when certain.item_side = 'one' and certain.line_side = 'one' then 'total' else 'together' end as rule
from certain_readings as certain
inner join items_to_match as items
    on items.is_free
    and items.bank_account_key = certain.bank_account_key
    and items.item_kind = certain.item_kind
    and items.item_date = certain.item_date
    and (certain.item_side = 'day' or items.amount = certain.amount)
inner join lines_to_match as lines
    on lines.is_free
    and lines.bank_account_key = certain.bank_account_key
    and lines.item_kind = certain.item_kind
    and lines.booking_date = certain.booking_date
    and (certain.line_side = 'day' or lines.amount = certain.amount)
