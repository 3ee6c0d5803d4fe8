-- One row per waiting line and tenant to whom a person put the same text in place of a tenant ID: and whether plainly.
with

-- What a memo says beside months, the number of a check and the words that are in everybody's memo.
gists as (
    select batch_id, line_number, tenant_key, trim(regexp_replace(
        lower(coalesce(memo, '')),
        '\b(?:(?:check|cheque|chk|ck)\b[ .:#]*[0-9]*|(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|may\b|'
        || 'rent\b|payment\b|pmt\b|online\b|payroll\b|for\b)|[^\p{L}0-9 ]', '', 'g')) as gist
    from lines
),

put as (
    select distinct gists.tenant_key as given, gists.gist as gist, receipts.tenant_key
    from receipts
    inner join gists on gists.batch_id = receipts.batch_id and gists.line_number = receipts.line_number
    where receipts.reason = 'PERSON' and receipts.reversal_kind is null and receipts.tenant_key is not null
        and gists.tenant_key <> receipts.tenant_key
),

-- Who pays for several tenants names none of them, unless the memo always meant the same one.
plainly as (
    select given, gist, min(tenant_key) as tenant_key
    from put
    where gist <> ''
    group by given, gist
    having count(distinct tenant_key) = 1
    union all
    select given, '', min(tenant_key)
    from put
    group by given
    having count(distinct tenant_key) = 1
)

select lines.batch_id, lines.line_number, put.tenant_key,
    case when plainly.tenant_key is null then 'before otherwise' else 'before' end as kind
from lines_to_place as lines
inner join gists on gists.batch_id = lines.batch_id and gists.line_number = lines.line_number
inner join (select distinct given, tenant_key from put) as put on put.given = lines.tenant_key
left join plainly
    on plainly.given = lines.tenant_key and plainly.gist = gists.gist and plainly.tenant_key = put.tenant_key
where lines.is_payer_doubtful
