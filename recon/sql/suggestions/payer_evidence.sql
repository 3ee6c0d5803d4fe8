-- One row per line, possible payer and piece of evidence that the one was paid for the other: where, how, how far off.
with

-- A misspelt ID is one step off (a letter more, less, other, or two swapped), a long one two; each text is compared once.
misspelt_tenants as (
    select texts.tenant_letters as given, payers.tenant_key,
        damerau_levenshtein(texts.tenant_letters, payers.tenant_letters) as distance
    from (select distinct tenant_letters from lines_to_place where is_payer_doubtful) as texts
    inner join (select distinct tenant_key, tenant_letters from possible_payers) as payers
        on abs(length(texts.tenant_letters) - length(payers.tenant_letters)) <= 2
    where
        length(texts.tenant_letters) >= 3
        and damerau_levenshtein(texts.tenant_letters, payers.tenant_letters)
            <= case when length(payers.tenant_letters) >= 8 then 2 else 1 end
),

misspelt_units as (
    select texts.unit_letters as given, payers.unit_key,
        damerau_levenshtein(texts.unit_letters, payers.unit_letters) as distance
    from (select distinct unit_letters from lines_to_place where is_payer_doubtful) as texts
    inner join (select distinct unit_key, unit_letters from possible_payers) as payers
        on abs(length(texts.unit_letters) - length(payers.unit_letters)) <= 1
    where
        length(texts.unit_letters) >= 3
        and damerau_levenshtein(texts.unit_letters, payers.unit_letters) <= 1
),

-- What a person did before with the same text in place of a tenant ID.
placed_before as (
    select lines.tenant_key as given, receipts.tenant_key, count(*) as times
    from receipts
    inner join lines on lines.batch_id = receipts.batch_id and lines.line_number = receipts.line_number
    where receipts.reason = 'PERSON' and receipts.reversal_kind is null and receipts.tenant_key is not null
        and lines.tenant_key <> receipts.tenant_key
    group by lines.tenant_key, receipts.tenant_key
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
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant', 'before', lines.tenant_id,
        payers.tenant_id, 0
    from lines_to_place as lines
    inner join placed_before as before on before.given = lines.tenant_key
    inner join possible_payers as payers on payers.tenant_key = before.tenant_key
    where lines.is_payer_doubtful

    union all
    select lines.batch_id, lines.line_number, payers.tenant_key, payers.unit_key, 'tenant', 'name', lines.tenant_id,
        payers.name, 0
    from lines_to_place as lines
    inner join possible_payers as payers on payers.name_words = ' ' || trim(regexp_replace(
        lines.tenant_key, '[^\p{L}\p{N}]+', ' ', 'g')) || ' '
    where lines.is_payer_doubtful

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
