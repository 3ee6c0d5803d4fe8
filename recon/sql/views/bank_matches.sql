-- One row per match that stands: which rule found it, who accepted it, when and why.
select
    matches.match_id,
    matches.bank_account_key,
    matches.rule,
    entries.who as matched_by,
    entries.recorded_at as matched_at,
    entries.why,
    matches.entry_seq
from facts.bank_matches as matches
left join facts.journal as entries on entries.seq = matches.entry_seq
left join facts.bank_unmatches as unmatches on unmatches.match_id = matches.match_id
where unmatches.match_id is null
