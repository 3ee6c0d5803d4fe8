-- One row per booked line of the bank file at hand that is not here yet, and per detail below such a line. Statements
-- overlap: a line is known by account, day, amount and all references, and by its number among equal ones of the file.
insert into facts.bank_lines by name
with

booked as (
    select
        lines.*,
        sections.statement_id,
        sections.bank_account_key,
        coalesce(lines.booking_date, lines.value_date, sections.to_date) as booked_on
    from file_lines as lines
    inner join sections_at_hand as sections on sections.section = lines.statement
    where lines.status = 'booked'
),

identified as (
    select
        entry,
        bank_account_key,
        concat_ws(
            '|',
            booked_on,
            amount,
            coalesce(bank_reference, ''),
            coalesce(customer_reference, ''),
            coalesce(end_to_end_id, ''),
            coalesce(trace_number, ''),
            coalesce(original_trace_number, ''),
            coalesce(check_number, '')
        ) as identity
    from booked
    where parent is null
),

counted as (
    select
        entry,
        bank_account_key,
        identity,
        row_number() over (partition by bank_account_key, identity order by entry) as occurrence
    from identified
),

news as (
    select counted.entry, counted.identity, counted.occurrence
    from counted
    where not exists (
        select 1
        from facts.bank_lines as known
        where
            known.bank_account_key is not distinct from counted.bank_account_key
            and known.identity = counted.identity
            and known.occurrence = counted.occurrence
    )
),

numbered as (
    select
        booked.*,
        news.identity,
        news.occurrence,
        'L' || lpad(cast(
            (select count(*) from facts.bank_lines) + row_number() over (order by booked.entry) as varchar
        ), 7, '0') as bank_line_id
    from booked
    left join news on news.entry = booked.entry
    where coalesce(booked.parent, booked.entry) in (select entry from news)
)

select
    numbered.bank_line_id,
    numbered.statement_id,
    parents.bank_line_id as parent_id,
    numbered.identity,
    cast(numbered.occurrence as integer) as occurrence,
    numbered.line_number,
    numbered.line_end,
    numbered.bank_account_key,
    numbered.booked_on as booking_date,
    numbered.value_date,
    numbered.amount,
    numbered.event,
    numbered.bank_code,
    numbered.code_system,
    numbered.is_reversal,
    numbered.return_code,
    numbered.bank_reference,
    numbered.customer_reference,
    numbered.end_to_end_id,
    numbered.trace_number,
    numbered.original_trace_number,
    numbered.check_number,
    numbered.counterparty_name,
    numbered.description,
    numbered.raw,
    $seq as entry_seq
from numbered
left join numbered as parents on parents.entry = numbered.parent
where numbered.amount is not null
order by numbered.entry
