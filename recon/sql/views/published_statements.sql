-- One row per statement ever published, supplemental ones among them.
select kind, party_key, holder_key, period_from, period_to, number, as_of, opening, closing, order_by, firm,
    publication_id, entry_seq
from facts.published_statements
