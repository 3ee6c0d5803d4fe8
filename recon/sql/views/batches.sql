-- One row per batch: its control totals, what its lines add up to now, and what has become of them (law 1).
with

states as (
    select
        batch_id,
        max(case when state not in ('removed', 'rejected') then posting_date end) as last_posting_date,
        count(case when not is_taken_back then 1 end) as loaded_count,
        sum(case when is_taken_back then 0 else coalesce(amount, 0) end) as loaded_amount,
        count(case when state = 'posted' then 1 end) as posted_count,
        sum(posted_amount) as posted_amount,
        count(case when state = 'waiting' then 1 end) as waiting_count,
        sum(case when state = 'waiting' then amount - posted_amount else 0 end) as waiting_amount,
        count(case when state = 'removed' and not is_taken_back then 1 end) as removed_count,
        sum(case when state = 'removed' and not is_taken_back then coalesce(amount, 0) - posted_amount else 0 end)
            as removed_amount,
        count(case when state = 'rejected' then 1 end) as rejected_count,
        sum(case when state = 'rejected' then coalesce(amount, 0) else 0 end) as rejected_amount
    from lines
    group by batch_id
),

-- What is posted later joins the date of what was posted first (SPEC 6: a receipt's date is its batch's).
dated as (
    select batch_id, min(deposit_date) as deposit_date
    from facts.receipts
    group by batch_id
)

select
    imports.batch_id,
    imports.file_name,
    imports.sha256,
    imports.content_sha256,
    imports.source,
    imports.posting_date,
    imports.bank_account_key,
    coalesce(imports.deposit_date, dated.deposit_date, states.last_posting_date) as deposit_date,
    imports.partial_pay,
    imports.due_now,
    imports.entries,
    imports.total_amount,
    -- What a processor sent must add up to what it said; a list made here has totals only where a person states them.
    case
        when stated.batch_id is not null then stated.entries
        when imports.source = 'third_party' then imports.entries
    end as control_entries,
    case
        when stated.batch_id is not null then stated.total_amount
        when imports.source = 'third_party' then imports.total_amount
    end as control_total,
    coalesce(states.loaded_count, 0) as loaded_count,
    cast(coalesce(states.loaded_amount, 0) as decimal(18, 2)) as loaded_amount,
    coalesce(states.posted_count, 0) as posted_count,
    cast(coalesce(states.posted_amount, 0) as decimal(18, 2)) as posted_amount,
    coalesce(states.waiting_count, 0) as waiting_count,
    cast(coalesce(states.waiting_amount, 0) as decimal(18, 2)) as waiting_amount,
    coalesce(states.removed_count, 0) as removed_count,
    cast(coalesce(states.removed_amount, 0) as decimal(18, 2)) as removed_amount,
    coalesce(states.rejected_count, 0) as rejected_count,
    cast(coalesce(states.rejected_amount, 0) as decimal(18, 2)) as rejected_amount,
    imports.entry_seq
from facts.imports as imports
left join states on states.batch_id = imports.batch_id
left join stated_totals as stated on stated.batch_id = imports.batch_id
left join dated on dated.batch_id = imports.batch_id
