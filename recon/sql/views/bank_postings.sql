-- One row per item that only the bank had, posted to a ledger: a fee, interest, and such.
select
    postings.posting_id,
    postings.bank_line_id,
    postings.ledger_key,
    lines.bank_account_key,
    postings.posted_on,
    postings.amount,
    postings.description,
    postings.entry_seq
from facts.bank_postings as postings
inner join facts.bank_lines as lines on lines.bank_line_id = postings.bank_line_id
inner join bank_matched_items as items on items.kind = 'posting' and items.item_id = postings.posting_id
