-- One row per kind of line that was posted as a partial payment by now.
select first_line from partial_payments
union
select first_line from decided_lines
where reason = 'OK_PARTIAL_SINGLE' and first_line is not null
