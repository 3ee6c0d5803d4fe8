-- One row per kind of line (see repeated_lines) that was posted as a partial payment before the first round.
select distinct repeated.first_line
from posted_in_batch as posted
inner join repeated_lines as repeated on repeated.line_number = posted.line_number
where posted.is_partial
