-- One row per line in scope: who paid for which unit, as far as known, and why that is not settled (SPEC 4).
with

resolved as (
    select
        lines.line_number,
        lines.posting_date,
        lines.amount,
        lines.has_tenant_id and lines.tenant_no is null and defaults.tenant_no is not null as is_default_used,
        coalesce(lines.tenant_no, defaults.tenant_no) as tenant_no,
        coalesce(lines.unit_no, lines.home_unit_no) as unit_no,
        -- Whether the tenant's own unit is meant is asked again at the line's turn: earlier lines pay charges elsewhere.
        lines.unit_no is null and elsewhere.tenant_no is not null as is_unit_assumed,
        coalesce(lines.is_held, defaults.is_held, false) as is_held,
        coalesce(lines.is_past, false) as is_past,
        coalesce(lines.is_alias, false) as is_alias,
        case
            when lines.tenant_no is null and lines.unit_no is null then 'UNIDENTIFIED'
            when lines.tenant_no is null and defaults.tenant_no is null then 'NO_DEFAULT_TENANT'
            when lines.tenant_no is null then null
            when lines.unit_no is null and lines.home_unit_no is null then 'NO_UNIT'
            when lines.unit_no is null or lines.unit_no = lines.home_unit_no then null
            when lines.responsible_tenant_no = lines.tenant_no then null
            when pairs.tenant_no is not null then null
            else 'ID_CONFLICT'
        end as identity_reason
    from matched_lines as lines
    left join default_tenants as defaults on defaults.unit_no = lines.unit_no
    left join tenants_elsewhere as elsewhere on elsewhere.tenant_no = lines.tenant_no
    left join related_pairs as pairs on pairs.tenant_no = lines.tenant_no and pairs.unit_no = lines.unit_no
)

select
    line_number,
    posting_date,
    amount,
    is_default_used,
    tenant_no,
    unit_no,
    is_unit_assumed,
    is_held,
    is_past and identity_reason is null as is_past,
    is_alias,
    identity_reason
from resolved
