-- One row per waiting line: how long it has waited at a day, who may have paid, why it waits, what is not posted of it.
select
    lines.batch_id,
    lines.line_number,
    lines.posting_date,
    cast($on - lines.posting_date as integer) as age_days,
    case
        when $on - lines.posting_date <= 7 then '0-7 days'
        when $on - lines.posting_date <= 30 then '8-30 days'
        when $on - lines.posting_date <= 90 then '31-90 days'
        else 'over 90 days'
    end as age,
    coalesce(tenant_names.tenant_id, nullif(lines.tenant_id, ''), nullif(lines.unit_id, ''), '(nobody named)') as payer,
    coalesce(classified.reason, 'not yet classified') as reason,
    cast(lines.amount - lines.posted_amount as decimal(18, 2)) as amount,
    lines.memo
from lines
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
left join tenant_names on tenant_names.tenant_key = classified.tenant_key
where lines.state = 'waiting'
order by lines.posting_date, lines.batch_id, lines.line_number
