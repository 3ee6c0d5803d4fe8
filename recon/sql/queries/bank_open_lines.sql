-- One row per bank line that no match has: what it is, which slip it names, and how many open slips have its total.
with

named as (
    select bank_line_id, string_agg(deposit_id, ' ' order by deposit_id) as deposit_ids
    from names_at_hand
    group by bank_line_id
),

fitting as (
    select lines.bank_line_id, count(*) as slips, string_agg(slips.deposit_id, ' ' order by slips.deposit_id) as deposit_ids
    from bank_lines as lines
    inner join deposits_in_transit as slips
        on slips.bank_account_key = lines.bank_account_key
        and slips.total = lines.amount
        and lines.booking_date between slips.deposit_date - cast($days_before as integer)
        and slips.deposit_date + cast($days_after as integer)
    where lines.match_id is null
    group by lines.bank_line_id
)

select
    case
        when lines.is_return then 'returned_item'
        when lines.amount > 0 then 'unrecorded_credit'
        else 'unrecorded_debit'
    end as kind,
    lines.bank_line_id,
    accounts.bank_account_id,
    lines.booking_date,
    lines.amount,
    lines.event,
    lines.description,
    lines.customer_reference as reference,
    lines.return_code,
    named.deposit_ids as names,
    coalesce(fitting.slips, 0) as fitting_slips,
    fitting.deposit_ids as fitting_ids
from bank_lines as lines
inner join bank_account_names as accounts on accounts.bank_account_key = lines.bank_account_key
left join named on named.bank_line_id = lines.bank_line_id
left join fitting on fitting.bank_line_id = lines.bank_line_id
where lines.match_id is null
order by lines.booking_date, lines.bank_line_id
