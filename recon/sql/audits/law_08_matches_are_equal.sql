-- One row per match whose lines and items differ in sum or bank account, or of an item that is not what it was.
with

lines as (
    select match_id, sum(amount) as amount
    from facts.bank_match_lines
    group by match_id
),

items as (
    select match_id, sum(amount) as amount
    from bank_matched_items
    group by match_id
)

select matches.match_id, lines.amount as at_bank, items.amount as in_books
from bank_matches as matches
left join lines on lines.match_id = matches.match_id
left join items on items.match_id = matches.match_id
where lines.amount is null or items.amount is null or lines.amount <> items.amount
union all
select matched.match_id, matched.amount, lines.amount
from facts.bank_match_lines as matched
inner join facts.bank_lines as lines on lines.bank_line_id = matched.bank_line_id
inner join facts.bank_matches as matches on matches.match_id = matched.match_id
where lines.amount <> matched.amount or lines.bank_account_key <> matches.bank_account_key
union all
select items.match_id, items.amount, deposits.total
from bank_matched_items as items
left join deposits on deposits.deposit_id = items.item_id
where
    items.kind = 'deposit'
    and (deposits.deposit_id is null or deposits.state = 'void' or deposits.total <> items.amount)
union all
select items.match_id, items.amount, -receipts.amount
from bank_matched_items as items
left join receipts on receipts.receipt_id = items.item_id and receipts.reversal_kind = 'returned'
where items.kind = 'reversal' and (receipts.receipt_id is null or receipts.amount <> -items.amount)
union all
select items.match_id, items.amount, -refunds.amount
from bank_matched_items as items
left join refunds on refunds.refund_id = items.item_id
where items.kind = 'refund' and (refunds.refund_id is null or refunds.amount <> -items.amount)
union all
select items.match_id, items.amount, postings.amount
from bank_matched_items as items
left join facts.bank_postings as postings on postings.posting_id = items.item_id
where items.kind = 'posting' and (postings.posting_id is null or postings.amount <> items.amount)
