-- One row per charge that a payment pays with the tenant's credit, and receipt whose money goes to it: the oldest credit
-- pays the oldest charge, and the payment itself comes last. Lay both in line, cent by cent, and see what overlaps.
insert into facts.applications by name
with

payments as (
    select receipt_id, line_number, tenant_key, unit_key, posting_date, amount
    from facts.receipts
    where batch_id = $batch_id and entry_seq = $seq and reason = 'OK_CREDIT'
),

money as (
    select line_number, receipt_id, amount, posting_date as applied_on, posting_date as received_on, true as is_payment
    from payments
    union all
    select
        payments.line_number,
        credits.receipt_id,
        credits.amount,
        greatest(payments.posting_date, credits.posting_date) as applied_on,
        credits.posting_date as received_on,
        false as is_payment
    from payments
    inner join open_credits as credits
        on credits.tenant_key = payments.tenant_key and credits.unit_key = payments.unit_key
    where credits.entry_seq < $seq
),

money_in_line as (
    select
        *,
        sum(amount) over (partition by line_number order by is_payment, received_on, receipt_id) as reaches
    from money
),

charges_in_line as (
    select
        uses.line_number,
        charges.load_id,
        charges.charge_key,
        charges.ledger_key,
        uses.amount,
        sum(uses.amount) over (partition by uses.line_number order by charges.due_date, charges.charge_key) as reaches
    from settled_uses as uses
    inner join payments on payments.line_number = uses.line_number
    inner join charges_in_force as charges on charges.charge_no = uses.charge_no
)

select
    money.receipt_id,
    charges.load_id,
    charges.charge_key,
    charges.ledger_key,
    least(money.reaches, charges.reaches)
    - greatest(money.reaches - money.amount, charges.reaches - charges.amount) as amount,
    money.applied_on,
    $seq as entry_seq
from money_in_line as money
inner join charges_in_line as charges
    on charges.line_number = money.line_number
    and charges.reaches - charges.amount < money.reaches
    and money.reaches - money.amount < charges.reaches
order by money.receipt_id, charges.charge_key
