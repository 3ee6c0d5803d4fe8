-- One row per returned item without its receipt yet and receipt of that amount which one of its references names, in
-- the memo: a trace, a check number, a confirmation number. Leading zeros and punctuation do not count.
with

items as (
    select
        returned.bank_line_id,
        returned.told_by,
        returned.bank_account_key,
        returned.booking_date,
        returned.amount,
        list_distinct(list_transform(
            [
                returned.original_trace_number, returned.trace_number, returned.check_number,
                returned.customer_reference, returned.bank_reference, returned.end_to_end_id
            ],
            word -> ltrim(lower(regexp_replace(coalesce(word, ''), '[^A-Za-z0-9]', '', 'g')), '0')
        )) as names
    from returned_items as returned
    left join bank_lines on bank_lines.bank_line_id = returned.bank_line_id
    where
        returned.receipt_id is null
        and bank_lines.match_id is null
        and coalesce(bank_lines.is_taken_back, false) = false
),

named as (
    select bank_line_id, told_by, bank_account_key, booking_date, amount, unnest(names) as name
    from items
),

told as (
    select told_by, receipt_id
    from returned_items
    where receipt_id is not null
),

words as (
    select
        receipts.receipt_id,
        receipts.bank_account_key,
        receipts.posting_date,
        receipts.amount,
        receipts.reversal_kind,
        unnest(list_distinct(list_transform(
            string_split(regexp_replace(lower(receipts.memo), '[^a-z0-9]+', ' ', 'g'), ' '),
            word -> ltrim(word, '0')
        ))) as name
    from receipts
    where
        receipts.refunded = 0
        and receipts.reversal_kind is distinct from 'correction'
        and receipts.amount in (select amount from items)
)

select distinct named.bank_line_id, named.told_by, words.receipt_id, named.booking_date, words.reversal_kind
from named
inner join words
    on words.name = named.name
    and words.amount = named.amount
    and words.posting_date <= named.booking_date
    and (named.bank_account_key is null or words.bank_account_key = named.bank_account_key)
where
    regexp_matches(named.name, '[0-9]')
    and not exists (
        select 1 from told where told.receipt_id = words.receipt_id and told.told_by = named.told_by
    )
    and not exists (
        select 1
        from bank_matched_items as matched
        where matched.kind = 'reversal' and matched.item_id = words.receipt_id and named.told_by = 'statement'
    )
