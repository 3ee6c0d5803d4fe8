-- One row per bank account that has receipts of the batch on no slip, and no open slip for them.
insert into facts.deposits by name
with

without_slip as (
    select distinct receipts.bank_account_key, receipts.deposit_date
    from receipts_without_slip as receipts
    left join line_slips
        on line_slips.batch_id = receipts.batch_id and line_slips.line_number = receipts.line_number
    where
        receipts.batch_id = $batch_id
        and line_slips.deposit_id is null
        and not exists (
            select 1
            from deposits
            where
                deposits.batch_id = $batch_id
                and deposits.bank_account_key = receipts.bank_account_key
                and deposits.deposit_date = receipts.deposit_date
                and deposits.state = 'open'
        )
),

numbered as (
    select count(*) as deposits
    from facts.deposits
)

select
    printf('D%06d', numbered.deposits + row_number() over (order by bank_account_key, deposit_date)) as deposit_id,
    $batch_id as batch_id,
    without_slip.bank_account_key,
    without_slip.deposit_date,
    $seq as entry_seq
from without_slip
cross join numbered
