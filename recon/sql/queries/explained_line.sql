-- One row: a line, what its file says, and how it was last classified; not yet classified lines have no reason.
with

-- What a person had confirmed by then, in a batch that asks for the alias rule.
confirmed as (
    select aliases.tenant_key, aliases.entry_seq
    from facts.payer_aliases as aliases
    inner join posting_rules as rules on rules.batch_id = $batch_id and rules.alias
    where aliases.alias_key = (
        select tenant_key from lines where batch_id = $batch_id and line_number = $line_number
    ) and aliases.entry_seq < coalesce(
        (select entry_seq from classifications where batch_id = $batch_id and line_number = $line_number), 1e18::bigint
    )
    order by aliases.entry_seq desc
    limit 1
)

select
    lines.state,
    lines.file_date,
    lines.posting_date,
    lines.unit_id as file_unit_id,
    lines.tenant_id as file_tenant_id,
    lines.amount,
    lines.memo,
    lines.message,
    lines.raw,
    imports.file_name,
    imports.sha256,
    classified.tenant_key,
    classified.unit_key,
    tenant_names.tenant_id,
    unit_names.unit_id,
    coalesce(classified.matchable_total, 0)::decimal(18, 2) as matchable_total,
    coalesce(classified.status_total, 0)::decimal(18, 2) as status_total,
    coalesce(classified.disposition, case when lines.message is null then 'not yet classified' else 'rejected' end)
        as disposition,
    coalesce(classified.reason, case when lines.message is null then '' else 'BAD_RECORD' end) as reason,
    classified.flags,
    classified.entry_seq,
    entries.action <> 'post' as is_foreseen,
    exists (
        select 1
        from facts.ledger_tenants as tenants
        where tenants.tenant_key = lines.tenant_key and tenants.load_id = (
            select max(load_id) from facts.ledger_loads where entry_seq < coalesce(classified.entry_seq, 1e18::bigint)
        )
    ) as is_tenant_known,
    exists (
        select 1
        from facts.ledger_units as units
        where units.unit_key = lines.unit_key and units.load_id = (
            select max(load_id) from facts.ledger_loads where entry_seq < coalesce(classified.entry_seq, 1e18::bigint)
        )
    ) as is_unit_known,
    (select entry_seq from confirmed where tenant_key = classified.tenant_key) as alias_seq,
    meant.tenant_id as expired_alias_of,
    expired.expires_on as alias_expired_on
from lines
inner join facts.imports as imports on imports.batch_id = lines.batch_id
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
left join facts.journal as entries on entries.seq = classified.entry_seq
left join tenant_names on tenant_names.tenant_key = classified.tenant_key
left join posting_rules as rules on rules.batch_id = lines.batch_id
left join payer_aliases as expired
    on rules.alias and expired.alias_key = lines.tenant_key and lines.posting_date > expired.expires_on
left join tenant_names as meant on meant.tenant_key = expired.tenant_key
left join unit_names on unit_names.unit_key = classified.unit_key
where lines.batch_id = $batch_id and lines.line_number = $line_number
