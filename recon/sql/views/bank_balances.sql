-- One row per bank account and statement date with a closing balance: what the bank says, and what the lines lead to.
-- The balance before the first line is that of the earliest statement, less the lines up to its date.
with

closings as (
    select bank_account_key, to_date as statement_date, arg_max(closing, statement_id) as closing
    from facts.bank_statements
    where kind = 'statement' and closing is not null and to_date is not null
    group by bank_account_key, to_date
),

booked as (
    select bank_account_key, booking_date, sum(amount) as amount
    from bank_lines
    group by bank_account_key, booking_date
),

summed as (
    select
        closings.bank_account_key,
        closings.statement_date,
        closings.closing,
        coalesce(sum(booked.amount), 0) as amount,
        row_number() over (partition by closings.bank_account_key order by closings.statement_date) as place
    from closings
    left join booked
        on booked.bank_account_key = closings.bank_account_key and booked.booking_date <= closings.statement_date
    group by closings.bank_account_key, closings.statement_date, closings.closing
)

select
    summed.bank_account_key,
    summed.statement_date,
    cast(summed.closing as decimal(18, 4)) as closing,
    cast(earliest.closing - earliest.amount as decimal(18, 4)) as opening,
    cast(earliest.closing - earliest.amount + summed.amount as decimal(18, 4)) as expected
from summed
inner join summed as earliest on earliest.bank_account_key = summed.bank_account_key and earliest.place = 1
