-- One row per identified line, before the first round; `stop_reason` holds whatever the charges say (SPEC 5).
select
    identified.line_number,
    identified.tenant_no,
    identified.unit_no,
    -- Lines of one tenant and unit take turns; where a tenant's unit is in doubt, all lines of that tenant do.
    case when in_doubt.tenant_no is null then identified.unit_no else -1 end as turn_no,
    identified.is_unit_assumed,
    identified.posting_date,
    identified.amount,
    identified.is_default_used,
    identified.is_past,
    identified.is_alias,
    repeated.first_line,
    case
        when identified.is_held then 'HOLD_TENANT'
        when closed.is_closed then 'PERIOD_CLOSED'
        when duplicates.line_number is not null then 'DUPLICATE_LINE'
    end as stop_reason
from identified_lines as identified
left join duplicate_lines as duplicates on duplicates.line_number = identified.line_number
left join repeated_lines as repeated on repeated.line_number = identified.line_number
left join tenants_elsewhere as in_doubt on in_doubt.tenant_no = identified.tenant_no
left join (
    select closed_through, true as is_closed
    from closed_periods
) as closed on identified.posting_date <= closed.closed_through
where identified.identity_reason is null
