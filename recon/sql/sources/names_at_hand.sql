-- One row per bank line that no match has yet and deposit slip that it names, in a reference or in its text.
with

texts as (
    select
        bank_line_id,
        bank_account_key,
        amount,
        is_taken_back,
        lower(concat_ws(
            ' ', customer_reference, bank_reference, end_to_end_id, check_number, trace_number, description
        )) as text
    from bank_lines
    where match_id is null and amount > 0
),

names as (
    select distinct
        bank_line_id,
        bank_account_key,
        amount,
        is_taken_back,
        unnest(regexp_extract_all(text, '\bd[0-9]{6,}\b')) as name
    from texts
)

select
    names.bank_line_id,
    deposits.deposit_id,
    names.bank_account_key,
    names.amount,
    cast(deposits.total as decimal(18, 4)) as total,
    in_transit.deposit_id is not null and not names.is_taken_back as is_free
from names
inner join deposits
    on lower(deposits.deposit_id) = names.name and deposits.bank_account_key = names.bank_account_key
left join deposits_in_transit as in_transit on in_transit.deposit_id = deposits.deposit_id
