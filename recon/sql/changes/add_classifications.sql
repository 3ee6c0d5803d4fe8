-- One row per waiting line whose classification is new or differs from the last one kept.
insert into facts.classifications by name
with

now_classified as (
    select
        classified.line_number,
        tenants.tenant_key,
        units.unit_key,
        classified.matchable_total,
        classified.status_total,
        classified.disposition,
        classified.reason,
        concat_ws(
            ' ',
            case when classified.is_default_used then 'DEFAULT_TENANT_USED' end,
            case when classified.is_past then 'PAST_TENANT' end,
            nullif(lines.flags, '')
        ) as flags
    from classified_lines as classified
    inner join lines_at_hand as lines on lines.line_number = classified.line_number
    left join tenants_in_force as tenants on tenants.tenant_no = classified.tenant_no
    left join units_in_force as units on units.unit_no = classified.unit_no
)

select
    $batch_id as batch_id,
    now_classified.line_number,
    now_classified.tenant_key,
    now_classified.unit_key,
    now_classified.matchable_total,
    now_classified.status_total,
    now_classified.disposition,
    now_classified.reason,
    now_classified.flags,
    $seq as entry_seq
from now_classified
left join classifications as before
    on before.batch_id = $batch_id and before.line_number = now_classified.line_number
where
    before.line_number is null
    or before.reason <> now_classified.reason
    or before.flags <> now_classified.flags
    or before.matchable_total <> now_classified.matchable_total
    or before.status_total <> now_classified.status_total
    or before.tenant_key is distinct from now_classified.tenant_key
    or before.unit_key is distinct from now_classified.unit_key
order by now_classified.line_number
