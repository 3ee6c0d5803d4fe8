-- One row per party of one bank account and day with a balance, and per transfer due to or from another account.
select
    items.party,
    coalesce(
        ledger_names.ledger_id, tenant_names.tenant_id, account_names.bank_account_id, items.party_key
    ) as party_id,
    cast(sum(items.amount) as decimal(18, 2)) as balance
from party_items as items
left join ledger_names on items.party = 'ledger' and ledger_names.ledger_key = items.party_key
left join tenant_names on items.party in ('credit', 'deposit') and tenant_names.tenant_key = items.party_key
left join bank_account_names as account_names
    on items.party = 'transfer' and account_names.bank_account_key = items.party_key
where items.bank_account_key = $account and items.moved_on <= $on
group by items.party, party_id
having sum(items.amount) <> 0
order by items.party, party_id
