-- One row per tenant or unit that a report of the batch can show by name: those of the first 2,000 lines of each list.
with

listed as (
    select
        classified.tenant_key,
        classified.unit_key,
        row_number() over (partition by classified.disposition order by classified.line_number) as place
    from classifications as classified
    where classified.batch_id = $batch_id
)

select distinct 'tenants' as kind, names.tenant_id as id, names.name
from listed
inner join tenant_names as names on names.tenant_key = listed.tenant_key
where listed.place <= 2000
union all
select distinct 'units' as kind, names.unit_id as id, names.description as name
from listed
inner join unit_names as names on names.unit_key = listed.unit_key
where listed.place <= 2000
order by kind, id
