-- One row per line of every batch: what it says, as last revised, and what has become of it so far (law 1).
with

posted as (
    select receipts.batch_id, receipts.line_number, sum(receipts.amount) as amount
    from facts.receipts as receipts
    left join facts.reversals as reversals
        on reversals.receipt_id = receipts.receipt_id and reversals.kind = 'correction'
    where reversals.receipt_id is null
    group by receipts.batch_id, receipts.line_number
),

decided as (
    select batch_id, line_number, arg_max(kind, entry_seq) as kind
    from facts.line_decisions
    where entry_seq not in (select undone_seq from facts.undone_entries)
    group by batch_id, line_number
),

as_revised as (
    select
        lines.batch_id,
        lines.line_number,
        lines.file_date,
        coalesce(revisions.posting_date, lines.posting_date) as posting_date,
        case
            when revisions.line_number is null then lines.duplicate_date
            when imports.source = 'local' then revisions.posting_date
            else coalesce(lines.file_date, revisions.posting_date)
        end as duplicate_date,
        coalesce(revisions.unit_id, lines.unit_id) as unit_id,
        coalesce(revisions.tenant_id, lines.tenant_id) as tenant_id,
        case when revisions.line_number is null then lines.unit_key else revisions.unit_key end as unit_key,
        case when revisions.line_number is null then lines.tenant_key else revisions.tenant_key end as tenant_key,
        coalesce(revisions.amount, lines.amount) as amount,
        coalesce(revisions.memo, lines.memo) as memo,
        case
            when revisions.line_number is null then lines.flags
            else concat_ws(
                ' ',
                case when length(revisions.memo) > 40 then 'MEMO_TOO_LONG' end,
                case when revisions.posting_date <> lines.file_date then 'DATE_CHANGED' end,
                case when revisions.amount <> lines.amount then 'AMOUNT_EDITED' end
            )
        end as flags,
        case when revisions.line_number is null then lines.message end as message,
        lines.raw,
        lines.amount as file_amount,
        lines.entry_seq <> imports.entry_seq as is_added,
        lines.entry_seq in (select undone_seq from facts.undone_entries) as is_undone
    from facts.lines as lines
    inner join facts.imports as imports on imports.batch_id = lines.batch_id
    left join standing_revisions as revisions
        on revisions.batch_id = lines.batch_id and revisions.line_number = lines.line_number
)

select
    lines.batch_id,
    lines.line_number,
    lines.file_date,
    lines.posting_date,
    lines.duplicate_date,
    lines.unit_id,
    lines.tenant_id,
    lines.unit_key,
    lines.tenant_key,
    lines.amount,
    lines.memo,
    lines.flags,
    lines.message,
    lines.raw,
    lines.file_amount,
    lines.is_added,
    cast(coalesce(posted.amount, 0) as decimal(18, 2)) as posted_amount,
    case
        when decided.kind = 'removed' then 'removed'
        when lines.is_undone and decided.kind is null then 'removed'  -- an addition undone, and not restored since
        when lines.message is not null then 'rejected'
        when posted.amount = lines.amount then 'posted'
        else 'waiting'
    end as state,
    -- A payment that a person added and took back was never money received; it is known, and counts nowhere.
    lines.is_added and state = 'removed' and posted_amount = 0 as is_taken_back
from as_revised as lines
left join posted on posted.batch_id = lines.batch_id and posted.line_number = lines.line_number
left join decided on decided.batch_id = lines.batch_id and decided.line_number = lines.line_number
