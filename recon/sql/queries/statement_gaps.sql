-- One row per statement whose closing balance is not where the lines lead, where the one before it was or had no other gap.
with

offs as (
    select
        bank_account_key,
        statement_date,
        closing,
        expected,
        closing - expected as off,
        lag(closing - expected, 1, 0) over (partition by bank_account_key order by statement_date) as off_before
    from bank_balances
)

select names.bank_account_id, offs.statement_date, offs.expected + offs.off_before, offs.closing
from offs
inner join bank_account_names as names on names.bank_account_key = offs.bank_account_key
where offs.off <> offs.off_before and list_contains($accounts, offs.bank_account_key)
order by names.bank_account_id, offs.statement_date
