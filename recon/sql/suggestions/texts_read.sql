-- One row per text that names somebody or something: its core, alike however it is written or read, and its words.
with

texts as (
    select tenant_key as text from lines_to_place
    union
    select unit_key from lines_to_place
    union
    select tenant_and_memo from lines_to_place
    union
    select piece from memo_pieces
    union
    select tenant_key from possible_payers
    union
    select unit_key from possible_payers
    union
    select lower(name) from possible_payers
),

plain as (
    select text, replace(strip_accents(text), 'đ', 'd') as plain
    from texts
    where text is not null
),

-- Without words like apt, and with letters that scanners take for digits as these digits.
digits as (
    select text, plain, translate(
        regexp_replace(
            plain, '\b(?:apartment|apt|unit|suite|ste|bldg|building|lot|space|spc|room)(\b|[0-9])', ' \1', 'g'),
        'oilsbzg', '0115826') as digits
    from plain
)

select
    text,
    regexp_replace(regexp_replace(digits, '\b0+([0-9])', '\1', 'g'), '[^\p{L}\p{N}]', '', 'g') as core,
    list_distinct(regexp_extract_all(regexp_replace(plain, '[''’.]', '', 'g'), '\p{L}{2,}')) as words,
    list_distinct(regexp_extract_all(plain, '\b\p{L}\b')) as initials
from digits
