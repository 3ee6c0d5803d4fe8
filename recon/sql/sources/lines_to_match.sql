-- One row per bank line that may stand for a slip, a payment out or a returned receipt, as its `item_kind` says: free,
-- or matched by its total alone, which the next match must still be told from.
select
    lines.bank_line_id,
    case when lines.amount > 0 then 'deposit' when lines.is_return then 'reversal' else 'entry' end as item_kind,
    lines.bank_account_key,
    lines.booking_date,
    lines.amount,
    lines.match_id is null
    and not lines.is_taken_back
    and lines.bank_line_id not in (select bank_line_id from names_at_hand)
    and lines.bank_line_id not in (select bank_line_id from return_evidence) as is_free
from bank_lines as lines
where
    (lines.match_id is null or lines.match_rule in ('total', 'together'))
    and (lines.is_return or not lines.is_reversal)
    and (
        lines.amount < 0
        or lines.event not in ('fee', 'interest', 'transfer', 'payment_returned', 'correction')
    )
