-- One row per line of a batch as the workbench shows it: who pays what, what is owed, and why it waits (BTR-90 to BTR-94).
select
    lines.line_number as id,
    lines.state,
    lines.posting_date,
    -- The tenant's and the unit's long description; the file's own IDs where the payer is not known (BTR-91).
    coalesce(
        tenants.name || coalesce(' - ' || units.description, ''),
        units.description,
        nullif(concat_ws(' - ', nullif(lines.tenant_id, ''), nullif(lines.unit_id, '')), ''),
        '(no ID)'
    ) as description,
    coalesce(tenants.tenant_id, lines.tenant_id) as tenant_id,
    coalesce(units.unit_id, lines.unit_id) as unit_id,
    lines.tenant_id as given_tenant_id,
    lines.unit_id as given_unit_id,
    cast(lines.amount - lines.posted_amount as decimal(18, 2)) as amount,
    lines.amount as line_amount,
    lines.posted_amount,
    lines.memo,
    classified.status_total,
    classified.matchable_total,
    coalesce(classified.disposition, 'individual') as disposition,
    case when lines.message is null then coalesce(classified.reason, 'UNIDENTIFIED') else 'BAD_RECORD' end as reason,
    coalesce(classified.flags, lines.flags) as flags,
    lines.message,
    lines.raw,
    lines.is_added,
    lines.file_amount,
    lines.file_date,
    -- Unidentified payers come last, whichever way the list is sorted (BTR-94).
    case when classified.tenant_key is null then '1' else '0' || classified.tenant_key end as by_tenant,
    case when classified.unit_key is null then '1' else '0' || classified.unit_key end as by_unit
from lines
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
left join tenant_names as tenants on tenants.tenant_key = classified.tenant_key
left join unit_names as units on units.unit_key = classified.unit_key
where lines.batch_id = $batch_id
order by lines.line_number
