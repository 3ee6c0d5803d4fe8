-- One row per line and piece of its memo that may be an ID: after a word like apt, with a letter, or a bare number.
with

memos as (
    -- The number of a check is no ID.
    select batch_id, line_number, regexp_replace(
        lower(memo), '\b(?:check|cheque|chk|ck|order|ref|inv|conf|trace)\b[ .:#]*[0-9]+', ' ', 'g') as memo
    from lines_to_place
    where is_payer_doubtful and memo is not null
),

pieces as (
    select batch_id, line_number, 'word' as kind, unnest(list_concat(
        regexp_extract_all(
            memo,
            '(?:\b(?:apartment|apt|unit|suite|ste|bldg|building|lot|space|spc|room)|#)[ .:#]*'
            || '([a-z]{0,2}[ -]?[0-9]+(?:[ -]?[a-z])?)\b',
            1),
        regexp_extract_all(memo, '\b(?:[a-z]{1,2}-?[0-9]+|[0-9]+-?[a-z])\b')
    )) as piece
    from memos

    union all
    select batch_id, line_number, 'number', unnest(regexp_extract_all(memo, '\b[0-9]{3,}\b'))
    from memos
)

select batch_id, line_number, piece, max(kind) as kind
from pieces
group by batch_id, line_number, piece
