-- One row per line of a file that is only looked at: the dates that count, after Update All Dates (BTR-81).
select
    line_number,
    coalesce($posting_date, file_date) as posting_date,
    case when $is_template then coalesce($posting_date, file_date) else file_date end as duplicate_date,
    file_date,
    unit_id,
    tenant_id,
    unit_key,
    tenant_key,
    amount,
    memo,
    concat_ws(
        ' ',
        case when memo_too_long then 'MEMO_TOO_LONG' end,
        case when $posting_date <> file_date then 'DATE_CHANGED' end
    ) as flags,
    message,
    raw
from parsed_lines
