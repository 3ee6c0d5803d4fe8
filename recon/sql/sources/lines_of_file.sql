-- One row per line of a file: the dates that count, after Update All Dates (BTR-81).
select
    lines.line_number,
    coalesce(terms.posting_date, lines.file_date) as posting_date,
    case when terms.is_template then coalesce(terms.posting_date, lines.file_date) else lines.file_date end
        as duplicate_date,
    lines.file_date,
    lines.unit_id,
    lines.tenant_id,
    lines.unit_key,
    lines.tenant_key,
    lines.amount,
    lines.memo,
    concat_ws(
        ' ',
        case when lines.memo_too_long then 'MEMO_TOO_LONG' end,
        case when terms.posting_date <> lines.file_date then 'DATE_CHANGED' end
    ) as flags,
    lines.message,
    lines.raw
from parsed_lines as lines
cross join file_terms as terms
