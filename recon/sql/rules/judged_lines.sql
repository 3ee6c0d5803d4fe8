-- One row per waiting line: what it would be if no other waiting line came before it (SPEC 5: the first row that fits).
with

facing as (
    select
        lines.line_number,
        lines.tenant_no,
        lines.unit_no,
        lines.turn_no,
        lines.posting_date,
        lines.amount,
        lines.first_line,
        case when lines.is_unit_assumed and elsewhere.tenant_no is not null then 'AMBIGUOUS_UNIT' else lines.stop_reason end
            as stop_reason,
        coalesce(totals.matchable_total, 0) as matchable_total,
        coalesce(totals.status_total, 0) as status_total,
        coalesce(totals.charges_in_window, 0) as charges_in_window,
        totals.due_total,
        totals.first_charge_no,
        totals.is_one_ledger,
        totals.is_due_one_ledger,
        payers.first_paid_line < lines.line_number as is_after_payment,
        partial.first_line is not null as is_repeated_partial
    from waiting_lines as lines
    left join window_totals as totals
        on totals.tenant_no = lines.tenant_no
        and totals.unit_no = lines.unit_no
        and totals.posting_date = lines.posting_date
    left join earlier_payers as payers
        on payers.tenant_no = lines.tenant_no and payers.unit_no = lines.unit_no
    left join owing_elsewhere as elsewhere on elsewhere.tenant_no = lines.tenant_no
    left join partial_payments as partial on partial.first_line = lines.first_line
)

select
    line_number,
    tenant_no,
    unit_no,
    turn_no,
    posting_date,
    amount,
    first_line,
    stop_reason,
    matchable_total,
    status_total,
    charges_in_window,
    first_charge_no,
    case
        when stop_reason is not null then stop_reason
        when charges_in_window = 0 and is_after_payment then 'CONSUMED_IN_BATCH'
        when charges_in_window = 0 and status_total > 0 then 'ONLY_FUTURE_CHARGES'
        when charges_in_window = 0 then 'NOTHING_OWED'
        when amount = matchable_total and is_one_ledger then 'OK_FULL'
        when amount = matchable_total then 'MULTI_LEDGER'
        when $due_now and amount < matchable_total and amount = due_total and is_due_one_ledger then 'OK_DUE_NOW'
        when $due_now and amount < matchable_total and amount = due_total then 'MULTI_LEDGER'
        when $partial_pay and amount < matchable_total and is_repeated_partial then 'DUPLICATE_LINE'
        when $partial_pay and amount < matchable_total and charges_in_window = 1 then 'OK_PARTIAL_SINGLE'
        when amount < matchable_total then 'UNDERPAID'
        else 'OVERPAID'
    end as reason
from facing
