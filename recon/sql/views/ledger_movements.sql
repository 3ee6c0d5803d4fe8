-- One row per movement of a ledger and stretch of the journal in which the books showed it with this amount.
-- As of entry S the books show the rows with since_seq <= S and (until_seq is null or until_seq > S).
with

loads as (
    select load_id, entry_seq, reflects_through, lead(entry_seq) over (order by load_id) as next_entry_seq
    from facts.ledger_loads
),

applied as (
    select
        applications.ledger_key,
        applications.receipt_id || ':' || applications.charge_key || ':' || applications.entry_seq as movement_id,
        applications.receipt_id,
        applications.applied_on as moved_on,
        charges.tenant_key,
        charges.unit_key,
        charges.description,
        applications.amount,
        applications.entry_seq
    from facts.applications as applications
    inner join facts.ledger_charges as charges
        on charges.load_id = applications.load_id and charges.charge_key = applications.charge_key
    union all
    select ledger_key, receipt_id, receipt_id, posting_date, null, null, memo, amount, entry_seq
    from facts.receipts
    where ledger_key is not null
),

posted_here as (
    select ledger_key, movement_id, 'receipt' as kind, moved_on, tenant_key, unit_key, description, receipt_id as reference,
        amount, entry_seq
    from applied
    union all
    select applied.ledger_key, applied.movement_id || ':' || reversals.kind, reversals.kind, reversals.reversed_on,
        applied.tenant_key, applied.unit_key, applied.description, applied.receipt_id, -applied.amount,
        greatest(reversals.entry_seq, applied.entry_seq)
    from applied
    inner join facts.reversals as reversals on reversals.receipt_id = applied.receipt_id
),

-- What only the bank had, as long as its match stands.
bank_items as (
    select postings.ledger_key, postings.posting_id, postings.posted_on, postings.description, postings.amount,
        postings.entry_seq, min(unmatches.entry_seq) as until_seq
    from facts.bank_postings as postings
    inner join facts.bank_match_items as items on items.kind = 'posting' and items.item_id = postings.posting_id
    left join facts.bank_unmatches as unmatches on unmatches.match_id = items.match_id
    group by all
),

-- The export may give our own receipts back under their names; they are posted here already.
entries as (
    select entries.*, loads.entry_seq as since_seq, loads.next_entry_seq, loads.reflects_through
    from facts.ledger_entries as entries
    inner join loads on loads.load_id = entries.load_id
    where
        entries.kind <> 'receipt'
        or (entries.ledger_key, regexp_extract(entries.entry_key, '^r[0-9]{7,}')) not in (
            select (ledger_key, lower(receipt_id))
            from applied
        )
),

-- An opening balance stands for all that came before it and that its export reflects.
brought_forward as (
    select load_id, since_seq, next_entry_seq, reflects_through, ledger_key, max(entry_date) as brought_on
    from entries
    where kind = 'opening_balance'
    group by all
),

rows_of_ledgers as (
    select ledger_key, movement_id, kind, moved_on, tenant_key, unit_key, null as vendor_key, description, reference,
        amount, entry_seq as since_seq, null as until_seq
    from posted_here
    union all
    select posted.ledger_key, posted.movement_id, posted.kind, posted.moved_on, posted.tenant_key, posted.unit_key, null,
        posted.description, posted.reference, -posted.amount, forward.since_seq, forward.next_entry_seq
    from posted_here as posted
    inner join brought_forward as forward
        on forward.ledger_key = posted.ledger_key
        and forward.brought_on > posted.moved_on
        and forward.reflects_through >= posted.entry_seq
    union all
    select ledger_key, posting_id, 'bank', posted_on, null, null, null, description, posting_id, amount, entry_seq,
        until_seq
    from bank_items
    union all
    select ledger_key, 'entry:' || entry_key, kind, entry_date, tenant_key, unit_key, vendor_key, description, entry_id,
        amount, since_seq, next_entry_seq
    from entries
)

select
    ledger_key,
    movement_id,
    kind,
    moved_on,
    tenant_key,
    unit_key,
    vendor_key,
    description,
    reference,
    cast(amount as decimal(18, 2)) as amount,
    cast(since_seq as bigint) as since_seq,
    cast(until_seq as bigint) as until_seq
from rows_of_ledgers
