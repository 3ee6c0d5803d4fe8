-- One row per bank line that is matched: with what, by which rule, who accepted it, when and why.
select
    lines.bank_line_id,
    accounts.bank_account_id,
    lines.booking_date,
    lines.amount,
    lines.description,
    lines.match_id,
    lines.match_rule as rule,
    string_agg(items.item_id, ' ' order by items.item_id) as items,
    matches.matched_by,
    matches.matched_at,
    matches.why
from bank_lines as lines
inner join bank_account_names as accounts on accounts.bank_account_key = lines.bank_account_key
inner join bank_matches as matches on matches.match_id = lines.match_id
inner join bank_matched_items as items on items.match_id = lines.match_id
group by
    lines.bank_line_id, accounts.bank_account_id, lines.booking_date, lines.amount, lines.description, lines.match_id,
    lines.match_rule, matches.matched_by, matches.matched_at, matches.why
order by lines.booking_date, lines.bank_line_id
