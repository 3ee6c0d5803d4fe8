-- One row per waiting line, or only those asked for: what it says, its words, and what the rules made of it.
with

waiting as (
    select lines.*, classified.reason, classified.tenant_key as found_tenant_key, classified.unit_key as found_unit_key
    from lines
    left join classifications as classified
        on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
    where
        lines.state = 'waiting'
        and ($batch_id is null or lines.batch_id = $batch_id)
        and ($line_number is null or lines.line_number = $line_number)
)

select
    batch_id,
    line_number,
    posting_date,
    tenant_id,
    unit_id,
    tenant_key,
    unit_key,
    cast(amount - posted_amount as decimal(18, 2)) as amount,
    memo,
    ' ' || trim(regexp_replace(lower(nfc_normalize(memo)), '[^\p{L}\p{N}]+', ' ', 'g')) || ' ' as memo_words,
    trim(coalesce(tenant_key, '') || ' ' || lower(memo)) as tenant_and_memo,
    regexp_extract(lower(memo), '(?:unit|apartment|apt|suite|ste)[ .#]*([0-9]{2,})', 1) as memo_number,
    regexp_replace(coalesce(tenant_key, ''), '[^\p{L}\p{N}]', '', 'g') as tenant_letters,
    regexp_replace(coalesce(unit_key, ''), '[^\p{L}\p{N}]', '', 'g') as unit_letters,
    reason,
    -- Who paid may not be known, so SPEC 5's rule for duplicates does not see it: the same words came in before.
    exists (
        select 1
        from lines as earlier
        where (earlier.batch_id, earlier.line_number) < (waiting.batch_id, waiting.line_number)
            and earlier.state in ('waiting', 'posted')
            and earlier.duplicate_date = waiting.duplicate_date
            and earlier.amount = waiting.amount
            and earlier.memo is not distinct from waiting.memo
            and earlier.tenant_key is not distinct from waiting.tenant_key
            and earlier.unit_key is not distinct from waiting.unit_key
    ) as is_repeated,
    coalesce(reason, 'UNIDENTIFIED') in (
        'UNIDENTIFIED', 'ID_CONFLICT', 'NO_DEFAULT_TENANT', 'NO_UNIT', 'AMBIGUOUS_UNIT', 'DUPLICATE_LINE'
    ) or (
        found_tenant_key is not null
        and (tenant_key is distinct from found_tenant_key or unit_key is distinct from found_unit_key)
    ) as is_payer_doubtful
from waiting
