-- One row per format in which days of the file at hand came before: the format, and from when to when.
with

days_here as (
    select lines.bank_account_key, statements.format, min(lines.booking_date) as first_day, max(lines.booking_date) as last_day
    from facts.bank_lines as lines
    inner join facts.bank_statements as statements on statements.statement_id = lines.statement_id
    where lines.parent_id is null and lines.bank_account_key is not null
    group by lines.bank_account_key, statements.format
),

days_coming as (
    select
        sections.bank_account_key,
        sections.format,
        coalesce(lines.booking_date, lines.value_date, sections.to_date) as booked_on
    from file_lines as lines
    inner join sections_at_hand as sections on sections.section = lines.statement
    where lines.status = 'booked' and lines.parent is null
)

select days_here.format, min(days_coming.booked_on), max(days_coming.booked_on)
from days_coming
inner join days_here
    on days_here.bank_account_key = days_coming.bank_account_key
    and days_here.format <> days_coming.format
    and days_coming.booked_on between days_here.first_day and days_here.last_day
group by days_here.format
order by days_here.format
