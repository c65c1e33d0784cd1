-- What differs between what was paid for and what licences have: (subject, what).
with paid as (
    select i.id, i.number, t.id as term, t.revoked_at,
           exists (select from billing_refund r join billing_payment p on p.id = r.payment_id
                    where p.invoice_id = i.id and p.status = 'succeeded' and r.status = 'succeeded' and r.takes_back)
        or exists (select from billing_dispute d join billing_payment p on p.id = d.payment_id
                    where p.invoice_id = i.id and p.status = 'succeeded' and d.status = 'lost') as went_back
      from billing_invoice i
      left join licensing_term t on t.grant_ref = 'invoice:' || i.id
     where i.kind = 'invoice' and i.paid_at is not null and i.purpose in ('new', 'renewal'))
select 'invoice ' || number, 'was paid, and no licence got its time' from paid where term is null and not went_back
union all
select 'invoice ' || number, 'was paid back, and its time still runs'
  from paid where went_back and term is not null and revoked_at is null
union all
select 'invoice ' || number, 'is paid, and its time was taken back' from paid where revoked_at is not null and not went_back
union all
select 'licence ' || license, 'is held for a dispute that is over'
  from fulfilment_hold h join billing_dispute d on d.id = h.dispute where d.status <> 'open'
