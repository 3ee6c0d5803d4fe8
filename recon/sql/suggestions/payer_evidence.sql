-- One row per line, possible payer and piece of evidence that the one was paid for the other: where, how, how far off.
with

-- A misspelt ID is one step off (a letter more, less, other, or two swapped), a long one two. So is one of digits: they
-- have no spelling, and what is one step off one tenant's is two off many. Each text is compared once.
misspelt_tenants as (
    select texts.tenant_letters as given, payers.tenant_key,
        damerau_levenshtein(texts.tenant_letters, payers.tenant_letters) as distance
    from (select distinct tenant_letters from lines_to_place where is_payer_doubtful) as texts
    inner join (select distinct tenant_key, tenant_letters from possible_payers) as payers
        on abs(length(texts.tenant_letters) - length(payers.tenant_letters)) <= 2
    where
        length(texts.tenant_letters) >= 2
        and damerau_levenshtein(texts.tenant_letters, payers.tenant_letters)
            <= case
                when length(payers.tenant_letters) >= 8 then 2
                when regexp_matches(payers.tenant_letters, '^\p{L}?[0-9]+\p{L}?$') then 2
                else 1
            end
),

misspelt_units as (
    select texts.unit_letters as given, payers.unit_key,
        damerau_levenshtein(texts.unit_letters, payers.unit_letters) as distance
    from (select distinct unit_letters from lines_to_place where is_payer_doubtful) as texts
    inner join (select distinct unit_key, unit_letters from possible_payers) as payers
        on abs(length(texts.unit_letters) - length(payers.unit_letters)) <= 1
    where
        length(texts.unit_letters) >= 2
        and damerau_levenshtein(texts.unit_letters, payers.unit_letters) <= 1
),

-- A tenant who paid for a unit and lives elsewhere now.
moved_away as (
    select distinct receipts.unit_key as left_unit_key, payers.tenant_key, payers.unit_key
    from receipts
    inner join possible_payers as payers on payers.tenant_key = receipts.tenant_key and payers.is_living_there
    where receipts.reversal_kind is null and receipts.unit_key <> payers.unit_key
),

found as (
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant' as field, 'same' as kind,
        lines.tenant_id as given, payers.tenant_id as meant, 0 as distance
    from lines_to_place as lines
    inner join possible_payers as payers on payers.tenant_key = lines.tenant_key

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'unit', 'same', lines.unit_id,
        payers.unit_id, 0
    from lines_to_place as lines
    inner join possible_payers as payers on payers.unit_key = lines.unit_key

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant', 'near', lines.tenant_id,
        payers.tenant_id, misspelt.distance
    from lines_to_place as lines
    inner join misspelt_tenants as misspelt on misspelt.given = lines.tenant_letters
    inner join possible_payers as payers on payers.tenant_key = misspelt.tenant_key
    where lines.is_payer_doubtful and lines.tenant_key <> payers.tenant_key

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'unit', 'near', lines.unit_id,
        payers.unit_id, misspelt.distance
    from lines_to_place as lines
    inner join misspelt_units as misspelt on misspelt.given = lines.unit_letters
    inner join possible_payers as payers on payers.unit_key = misspelt.unit_key
    where lines.is_payer_doubtful and lines.unit_key <> payers.unit_key

    union all
    -- A room-mate of the tenant who answers for the unit.
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant', 'room-mate',
        lines.tenant_id, payers.tenant_id, 0
    from lines_to_place as lines
    inner join possible_payers as mates on mates.tenant_key = lines.tenant_key and mates.is_living_there
    inner join possible_payers as payers
        on payers.unit_key = mates.unit_key and payers.tenant_key = mates.responsible_tenant_key
    where payers.tenant_key <> mates.tenant_key

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant',
        case when lines.posting_date <= aliases.expires_on then 'alias' else 'expired alias' end, lines.tenant_id,
        payers.tenant_id, 0
    from lines_to_place as lines
    inner join payer_aliases as aliases on aliases.alias_key = lines.tenant_key
    inner join possible_payers as payers on payers.tenant_key = aliases.tenant_key
    where lines.is_payer_doubtful

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant', before.kind,
        lines.tenant_id, payers.tenant_id, 0
    from lines_to_place as lines
    inner join placed_before as before on before.batch_id = lines.batch_id and before.line_number = lines.line_number
    inner join possible_payers as payers on payers.tenant_key = before.tenant_key

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant', names.kind, lines.tenant_id,
        payers.name, 0
    from lines_to_place as lines
    inner join names_meant as names on names.text = lines.tenant_key
    inner join possible_payers as payers on payers.tenant_key = names.tenant_key
    where lines.is_payer_doubtful

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'memo tenant', names.kind, lines.memo,
        payers.name, 0
    from lines_to_place as lines
    inner join names_meant as names on names.text = lines.tenant_and_memo and names.kind <> 'part of name'
    inner join possible_payers as payers on payers.tenant_key = names.tenant_key
    -- A parent who pays for Maria gives the one name in place of the ID and the other in the memo.
    left join names_meant as before_memo
        on before_memo.text = lines.tenant_key and before_memo.tenant_key = names.tenant_key
    where lines.is_payer_doubtful and lines.memo <> ''
        and (before_memo.kind is null or before_memo.kind <> 'name' and names.kind = 'name')

    union all
    -- The same written otherwise: apt 7 for #007, or a letter read for a digit.
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant', 'otherwise',
        lines.tenant_id, payers.tenant_id, 0
    from lines_to_place as lines
    inner join texts_read as given on given.text = lines.tenant_key
    inner join texts_read as meant on meant.core = given.core
    inner join possible_payers as payers on payers.tenant_key = meant.text
    where lines.is_payer_doubtful and given.core <> '' and lines.tenant_key <> payers.tenant_key

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'unit', 'otherwise', lines.unit_id,
        payers.unit_id, 0
    from lines_to_place as lines
    inner join texts_read as given on given.text = lines.unit_key
    inner join texts_read as meant on meant.core = given.core
    inner join possible_payers as payers on payers.unit_key = meant.text
    where lines.is_payer_doubtful and given.core <> '' and lines.unit_key <> payers.unit_key

    union all
    select pieces.batch_id, pieces.line_number, payers.tenant_key, payers.unit_key, 'memo unit', pieces.kind,
        pieces.piece, payers.unit_id, 0
    from memo_pieces as pieces
    inner join texts_read as given on given.text = pieces.piece
    inner join texts_read as meant on meant.core = given.core
    inner join possible_payers as payers on payers.unit_key = meant.text
    where given.core <> ''

    union all
    select pieces.batch_id, pieces.line_number, payers.tenant_key, payers.unit_key, 'memo tenant', 'number',
        pieces.piece, payers.tenant_id, 0
    from memo_pieces as pieces
    inner join texts_read as given on given.text = pieces.piece
    inner join texts_read as meant on meant.core = given.core
    inner join possible_payers as payers on payers.tenant_key = meant.text
    where pieces.kind = 'number'

    union all
    -- The two IDs in each other's place.
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant', 'swapped', lines.tenant_id,
        payers.unit_id, 0
    from lines_to_place as lines
    inner join possible_payers as payers on payers.unit_key = lines.tenant_key
    where lines.is_payer_doubtful

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'unit', 'swapped', lines.unit_id,
        payers.tenant_id, 0
    from lines_to_place as lines
    inner join possible_payers as payers on payers.tenant_key = lines.unit_key
    where lines.is_payer_doubtful

    union all
    select lines.batch_id, lines.line_number, moved.tenant_key, moved.unit_key, 'unit', 'moved', lines.unit_id,
        moved.tenant_key, 0
    from lines_to_place as lines
    inner join moved_away as moved on moved.left_unit_key = lines.unit_key
    where lines.is_payer_doubtful

    union all
    select pieces.batch_id, pieces.line_number, moved.tenant_key, moved.unit_key, 'memo unit', 'moved', pieces.piece,
        moved.tenant_key, 0
    from memo_pieces as pieces
    inner join texts_read as given on given.text = pieces.piece
    inner join texts_read as meant on meant.core = given.core
    inner join moved_away as moved on moved.left_unit_key = meant.text
    where given.core <> ''

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'memo tenant', 'word', lines.memo,
        payers.tenant_id, 0
    from lines_to_place as lines
    inner join possible_payers as payers on contains(lines.memo_words, payers.tenant_words)
    where lines.is_payer_doubtful and regexp_matches(payers.tenant_letters, '\p{L}')
        and length(payers.tenant_letters) >= 3

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'memo tenant', 'name', lines.memo,
        payers.name, 0
    from lines_to_place as lines
    inner join possible_payers as payers on contains(lines.memo_words, payers.name_words)
    where lines.is_payer_doubtful and length(payers.name_words) >= 7

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'memo unit', 'word', lines.memo,
        payers.unit_id, 0
    from lines_to_place as lines
    inner join possible_payers as payers on contains(lines.memo_words, payers.unit_words)
    where lines.is_payer_doubtful and regexp_matches(payers.unit_letters, '\p{L}') and length(payers.unit_letters) >= 3

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'memo unit', 'number', lines.memo,
        payers.unit_number, 0
    from lines_to_place as lines
    inner join possible_payers as payers on payers.unit_number = lines.memo_number
    where lines.is_payer_doubtful and lines.memo_number <> ''
)

select distinct * from found
