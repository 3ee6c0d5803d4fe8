-- One row per thing known about what is asked: file line, answer, receipt, application, slip, bank line, return, statement.
with

asked_lines as (select * from lines_asked_for),

asked_receipts as (select receipt_id from receipts_asked_for),

found as (
    select facts_lines.entry_seq, 1 as step, 'file line' as kind, lines.batch_id || ':' || lines.line_number as name,
        lines.posting_date as on_date, lines.amount,
        imports.file_name || ', line ' || lines.line_number || ', unit "' || lines.unit_id || '", tenant "'
            || lines.tenant_id || '", memo "' || lines.memo || '", SHA-256 ' || imports.sha256 as words
    from asked_lines
    inner join lines on lines.batch_id = asked_lines.batch_id and lines.line_number = asked_lines.line_number
    inner join facts.lines as facts_lines
        on facts_lines.batch_id = lines.batch_id and facts_lines.line_number = lines.line_number
    inner join facts.imports as imports on imports.batch_id = lines.batch_id

    union all
    select classified.entry_seq, 2, 'answer', classified.batch_id || ':' || classified.line_number, null, null,
        classified.reason || ', matchable total ' || classified.matchable_total
    from asked_lines
    inner join facts.classifications as classified
        on classified.batch_id = asked_lines.batch_id and classified.line_number = asked_lines.line_number

    union all
    select receipts.entry_seq, 3, 'receipt', receipts.receipt_id, receipts.posting_date, receipts.amount,
        receipts.reason || ', credit ' || receipts.credit
    from asked_receipts
    inner join receipts on receipts.receipt_id = asked_receipts.receipt_id

    union all
    select applications.entry_seq, 4, 'application', applications.receipt_id, applications.applied_on,
        applications.amount, 'to charge ' || applications.charge_id || ' of ledger ' || ledger_names.ledger_id
    from asked_receipts
    inner join applications on applications.receipt_id = asked_receipts.receipt_id
    inner join ledger_names on ledger_names.ledger_key = applications.ledger_key

    union all
    select items.entry_seq, 5, 'deposit slip', items.deposit_id, deposits.deposit_date, receipts.amount,
        'on ' || items.deposit_id || ' of ' || deposits.total || ', ' || deposits.state
    from asked_receipts
    inner join receipts on receipts.receipt_id = asked_receipts.receipt_id
    inner join facts.deposit_items as items on items.receipt_id = asked_receipts.receipt_id
    inner join deposits on deposits.deposit_id = items.deposit_id

    union all
    select bank_lines.entry_seq, 6, 'bank line', bank_lines.bank_line_id, bank_lines.booking_date, bank_lines.amount,
        'statement ' || bank_lines.statement_id || ', match ' || matched.match_id || ', ' || bank_lines.description
    from (
        select 'deposit' as kind, receipts.deposit_id as item_id
        from asked_receipts
        inner join receipts on receipts.receipt_id = asked_receipts.receipt_id
        union
        select 'reversal', receipt_id from asked_receipts
        union
        select 'refund', refunds.refund_id
        from asked_receipts
        inner join refunds on refunds.receipt_id = asked_receipts.receipt_id
    ) as items
    inner join bank_matched_items as matched on matched.kind = items.kind and matched.item_id = items.item_id
    inner join bank_lines on bank_lines.match_id = matched.match_id

    union all
    select receipts.reversal_entry_seq, 7, receipts.reversal_kind, receipts.receipt_id, receipts.reversed_on,
        -receipts.amount, 'reversed'
    from asked_receipts
    inner join receipts on receipts.receipt_id = asked_receipts.receipt_id
    where receipts.reversal_kind is not null

    union all
    select refunds.entry_seq, 7, 'refund', refunds.refund_id, refunds.refunded_on, -refunds.amount, 'credit paid back'
    from asked_receipts
    inner join refunds on refunds.receipt_id = asked_receipts.receipt_id

    union all
    select distinct statements.entry_seq, 8, 'statement', statements.publication_id, statements.period_to,
        statements.closing, 'of tenant ' || statements.party_key || ' from ' || statements.period_from
    from asked_receipts
    inner join receipts on receipts.receipt_id = asked_receipts.receipt_id
    inner join published_statements as statements
        on statements.kind = 'tenant' and statements.party_key = receipts.tenant_key
        and receipts.posting_date between statements.period_from and statements.period_to

    union all
    select distinct statements.entry_seq, 8, 'statement', statements.publication_id, statements.period_to,
        statements.closing, 'of owner ledger ' || statements.party_key || ' from ' || statements.period_from
    from (
        select applications.ledger_key, applications.applied_on
        from asked_receipts
        inner join facts.applications as applications on applications.receipt_id = asked_receipts.receipt_id
        union all
        select receipts.ledger_key, receipts.posting_date
        from asked_receipts
        inner join facts.receipts as receipts on receipts.receipt_id = asked_receipts.receipt_id
    ) as paid
    inner join published_statements as statements
        on statements.kind = 'owner' and statements.party_key = paid.ledger_key
        and paid.applied_on between statements.period_from and statements.period_to
)

select found.entry_seq, journal.recorded_at, journal.who, found.kind, found.name, found.on_date,
    cast(found.amount as decimal(18, 2)) as amount, found.words
from found
inner join facts.journal as journal on journal.seq = found.entry_seq
order by found.entry_seq, found.step, found.name, found.words
