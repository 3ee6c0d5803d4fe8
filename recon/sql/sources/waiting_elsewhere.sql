-- One row per line that waits in another batch and is identified.
select lines.duplicate_date, identified.tenant_no, identified.unit_no, lines.amount, lines.memo
from identified_lines as identified
inner join lines_in_scope as lines on lines.line_number = identified.line_number
where identified.identity_reason is null and not identified.is_unit_assumed
