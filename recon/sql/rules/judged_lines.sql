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
        lines.is_default_used,
        lines.is_past,
        lines.is_alias,
        lines.first_line,
        case when lines.is_unit_assumed and elsewhere.tenant_no is not null then 'AMBIGUOUS_UNIT' else lines.stop_reason end
            as stop_reason,
        coalesce(payers.status_total, 0) as status_total,
        coalesce(payers.last_due_date <= lines.posting_date + $window_days, false) as is_all_in_window,
        payers.status_total as payer_total,
        payers.charges as payer_charges,
        payers.first_charge_no as payer_first_charge_no,
        payers.is_one_ledger as is_payer_one_ledger,
        windows.matchable_total as window_total,
        windows.charges as window_charges,
        windows.first_charge_no as window_first_charge_no,
        windows.is_one_ledger as is_window_one_ledger,
        coalesce(dues.due_total, 0) as due_total,
        dues.is_one_ledger as is_due_one_ledger,
        earlier.first_paid_line < lines.line_number as is_after_payment,
        partial.first_line is not null as is_repeated_partial,
        coalesce(credits.amount, 0) as credit
    from waiting_lines as lines
    left join payer_totals as payers on payers.tenant_no = lines.tenant_no and payers.unit_no = lines.unit_no
    left join window_totals as windows
        on windows.tenant_no = lines.tenant_no
        and windows.unit_no = lines.unit_no
        and windows.posting_date = lines.posting_date
    left join due_totals as dues
        on dues.tenant_no = lines.tenant_no
        and dues.unit_no = lines.unit_no
        and dues.posting_date = lines.posting_date
    left join earlier_payers as earlier on earlier.tenant_no = lines.tenant_no and earlier.unit_no = lines.unit_no
    left join owing_elsewhere as elsewhere on elsewhere.tenant_no = lines.tenant_no
    left join partial_payments as partial on partial.first_line = lines.first_line
    left join credits_left as credits on credits.tenant_no = lines.tenant_no and credits.unit_no = lines.unit_no
),

summed as (
    select
        line_number,
        tenant_no,
        unit_no,
        turn_no,
        posting_date,
        amount,
        is_default_used,
        is_past,
        is_alias,
        first_line,
        stop_reason,
        status_total,
        credit,
        due_total,
        is_due_one_ledger,
        is_after_payment,
        is_repeated_partial,
        case when is_all_in_window then payer_total else coalesce(window_total, 0) end as matchable_total,
        case when is_all_in_window then payer_charges else coalesce(window_charges, 0) end as charges_in_window,
        case when is_all_in_window then payer_first_charge_no else window_first_charge_no end as first_charge_no,
        case when is_all_in_window then is_payer_one_ledger else is_window_one_ledger end as is_one_ledger
    from facing
),

-- Readings that are open only if asked for: all that is due by now, and all in the window with the tenant's credit.
fitting as (
    select
        *,
        amount < matchable_total as is_less,
        $due_now and amount < matchable_total and amount = due_total as is_due_now,
        credit > 0 and amount + credit = matchable_total as is_all_with_credit
    from summed
)

select
    line_number,
    tenant_no,
    unit_no,
    turn_no,
    posting_date,
    amount,
    is_default_used,
    is_past,
    first_line,
    stop_reason,
    matchable_total,
    status_total,
    charges_in_window,
    first_charge_no,
    credit,
    is_alias,
    case
        when stop_reason is not null then stop_reason
        when charges_in_window = 0 and is_after_payment then 'CONSUMED_IN_BATCH'
        when charges_in_window = 0 and status_total > 0 then 'ONLY_FUTURE_CHARGES'
        when charges_in_window = 0 then 'NOTHING_OWED'
        when amount = matchable_total and not is_one_ledger then 'MULTI_LEDGER'
        when amount = matchable_total and is_alias then 'OK_ALIAS'
        when amount = matchable_total then 'OK_FULL'
        when is_due_now and not is_due_one_ledger then 'MULTI_LEDGER'
        when is_due_now and not is_all_with_credit and not is_alias then 'OK_DUE_NOW'
        when $partial_pay and is_less and is_repeated_partial then 'DUPLICATE_LINE'
        when is_all_with_credit and not is_one_ledger then 'MULTI_LEDGER'
        when is_all_with_credit and not is_due_now and not is_alias then 'OK_CREDIT'
        when $partial_pay and is_less and charges_in_window = 1 and not is_alias then 'OK_PARTIAL_SINGLE'
        when is_less then 'UNDERPAID'
        else 'OVERPAID'
    end as reason
from fitting
