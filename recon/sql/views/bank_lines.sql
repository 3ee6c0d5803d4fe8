-- One row per entry of a bank statement, with the match that it is in; details below an entry are not counted again.
with

matched as (
    select lines.bank_line_id, lines.match_id, matches.rule
    from facts.bank_match_lines as lines
    inner join facts.bank_matches as matches on matches.match_id = lines.match_id
    left join facts.bank_unmatches as unmatches on unmatches.match_id = lines.match_id
    where unmatches.match_id is null
),

-- A person said of these that they are not what they were matched with; only a person matches them again.
taken_back as (
    select distinct lines.bank_line_id
    from facts.bank_match_lines as lines
    inner join facts.bank_matches as matches on matches.match_id = lines.match_id
    inner join facts.bank_unmatches as unmatches on unmatches.match_id = lines.match_id
    where matches.rule <> 'posted'
)

select
    lines.bank_line_id,
    lines.statement_id,
    lines.line_number,
    lines.bank_account_key,
    lines.booking_date,
    lines.value_date,
    lines.amount,
    lines.event,
    lines.bank_code,
    lines.is_reversal,
    lines.return_code,
    lines.bank_reference,
    lines.customer_reference,
    lines.end_to_end_id,
    lines.trace_number,
    lines.original_trace_number,
    lines.check_number,
    lines.counterparty_name,
    lines.description,
    lines.amount < 0 and (
        lines.event in ('returned_check', 'ach_return') or lines.return_code is not null
    ) as is_return,
    matched.match_id,
    matched.rule as match_rule,
    taken_back.bank_line_id is not null as is_taken_back,
    lines.entry_seq
from facts.bank_lines as lines
inner join facts.bank_statements as statements
    on statements.statement_id = lines.statement_id and statements.kind = 'statement'
left join matched on matched.bank_line_id = lines.bank_line_id
left join taken_back on taken_back.bank_line_id = lines.bank_line_id
where lines.parent_id is null
