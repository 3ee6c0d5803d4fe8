-- One row per line at hand, in file order: the columns of SPEC 8.
select
    lines.line_number,
    case when lines.message is null then lines.posting_date end as posting_date,
    units.unit_id,
    tenants.tenant_id,
    case when lines.message is null then lines.amount end as amount,
    case when lines.message is null then nullif(lines.memo, '') end as memo,
    classified.matchable_total,
    classified.status_total,
    coalesce(classified.disposition, 'rejected') as disposition,
    coalesce(classified.reason, 'BAD_RECORD') as reason,
    case
        when lines.message is null
            then nullif(
                concat_ws(
                    ' ',
                    case when classified.is_default_used then 'DEFAULT_TENANT_USED' end,
                    case when classified.is_past then 'PAST_TENANT' end,
                    nullif(lines.flags, '')
                ),
                ''
            )
    end as flags,
    lines.message
from lines_at_hand as lines
left join classified_lines as classified on classified.line_number = lines.line_number
left join tenants_in_force as tenants on tenants.tenant_no = classified.tenant_no
left join units_in_force as units on units.unit_no = classified.unit_no
order by lines.line_number
