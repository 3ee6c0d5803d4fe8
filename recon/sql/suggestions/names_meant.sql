-- One row per text and payer's name that it may mean: the whole name in any order, a part of it, or an initial.
with

given as (
    select distinct texts.*
    from texts_read as texts
    inner join lines_to_place as lines on texts.text in (lines.tenant_key, lines.tenant_and_memo)
    where lines.is_payer_doubtful
),

named as (
    select distinct payers.tenant_key, texts.words, texts.initials
    from possible_payers as payers
    inner join texts_read as texts on texts.text = lower(payers.name)
),

shared as (
    select given.text, named.tenant_key, named.words as name_words, given.words as given_words, given.initials,
        length(named.words) >= 2 or (named.words = given.words and named.initials = given.initials) as is_telling,
        list_intersect(given.words, named.words) as shared
    from (select *, unnest(words) as word from given) as given
    inner join (select *, unnest(words) as word from named) as named on named.word = given.word
),

judged as (
    select distinct text, tenant_key,
        case
            when is_telling and list_has_all(given_words, name_words) then 'name'
            when list_has_all(name_words, given_words) and length(given_words) >= 2 then 'part of name'
            when list_has_any([word[1] for word in name_words if not list_contains(shared, word)], initials)
                then 'initial'
        end as kind
    from shared
)

select text, tenant_key, kind
from judged
where kind is not null
