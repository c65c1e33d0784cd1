-- What differs between the books and the rows: (where, subject, what). Sums are compared over all time.
select 'ledger', booking, 'does not sum to zero in ' || currency
  from billing_ledgerentry group by booking, currency having sum(amount_minor) <> 0
union all
select 'ledger', 'payment ' || p.id,
       'is booked with ' || coalesce(e.amount_minor, 0) || ' instead of ' || p.amount_minor
  from billing_payment p
  left join billing_ledgerentry e on e.booking = 'payment:' || p.id and e.account = 'cash' and e.currency = p.currency
 where p.status in ('succeeded', 'surplus') and e.amount_minor is distinct from p.amount_minor
union all
select 'ledger', 'refund ' || r.id,
       'is booked with ' || coalesce(-e.amount_minor, 0) || ' instead of ' || r.amount_minor
  from billing_refund r
  left join billing_ledgerentry e on e.booking = 'refund:' || r.id and e.account = 'cash' and e.currency = r.currency
 where r.status = 'succeeded' and e.amount_minor is distinct from -r.amount_minor
union all
select 'ledger', 'refund ' || r.id, 'came back with ' || coalesce(e.amount_minor, 0) || ' instead of ' || r.amount_minor
  from billing_refund r
  left join billing_ledgerentry e
         on e.booking = 'refund:' || r.id || ':back' and e.account = 'cash' and e.currency = r.currency
 where r.came_back_at is not null and e.amount_minor is distinct from r.amount_minor
union all
select 'ledger', 'refund ' || r.id,
       'is booked as owed with ' || coalesce(e.owed, 0) || ' and as the bank''s with ' || coalesce(e.by_bank, 0)
  from billing_refund r
  left join (select split_part(booking, ':', 2) as refund,
                    -sum(amount_minor) filter (where account = 'receivable') as owed,
                    -sum(amount_minor) filter (where account = 'loss') as by_bank
               from billing_ledgerentry where booking like 'refund:%:%' group by 1) e on e.refund = r.id::text
 where r.came_back_at is not null
   and (coalesce(e.by_bank, 0) <> r.by_bank_minor
        or coalesce(e.owed, 0) <> case when r.made_good_at is null then r.amount_minor - r.by_bank_minor else 0 end)
union all
select 'ledger', 'invoice ' || i.id, 'is booked with ' || coalesce(-e.sum, 0) || ' instead of ' || i.gross_minor
  from billing_invoice i
  left join (select booking, sum(amount_minor) from billing_ledgerentry
              where account in ('revenue', 'tax') group by booking) e on e.booking = 'invoice:' || i.id
 where i.kind = 'invoice' and i.paid_at is not null and coalesce(e.sum, 0) <> -i.gross_minor
union all
select 'ledger', 'dispute ' || d.id, 'holds ' || coalesce(e.sum, 0) || ' while it is ' || d.status
  from billing_dispute d
  left join (select booking, account, sum(amount_minor) from billing_ledgerentry group by booking, account) e
         on e.booking = 'dispute:' || d.id || ':opened' and e.account = 'disputed'
 where coalesce(e.sum, 0) <> d.amount_minor
union all
select 'ledger', booking, 'has no row'
  from billing_ledgerentry e
 where (booking like 'payment:%' and not exists (
           select from billing_payment where 'payment:' || id = e.booking and status in ('succeeded', 'surplus')))
    or (booking like 'refund:%' and not exists (
           select from billing_refund
            where id::text = split_part(e.booking, ':', 2) and status = 'succeeded'
              and case split_part(e.booking, ':', 3)
                  when 'back' then came_back_at is not null when 'good' then made_good_at is not null
                  when 'bank' then by_bank_at is not null else true end))
 group by booking
union all
select 'ledger', 'credit ' || coalesce(a.currency, b.currency),
       'customers have ' || coalesce(b.sum, 0) || ', the books say ' || coalesce(a.sum, 0)
  from (select currency, -sum(amount_minor) as sum from billing_ledgerentry
         where account = 'credit' group by currency) a
  full join (select currency, sum(amount) from (
           select currency, amount_minor as amount from billing_credit
           union all
           select currency, credit_minor from billing_invoice
            where kind = 'invoice' and paid_at is null and void_at is null) held group by currency) b
       on a.currency = b.currency
 where coalesce(a.sum, 0) <> coalesce(b.sum, 0)
union all
select 'rows', 'payment ' || p.id, 'more went back than came in'
  from billing_payment p
 where p.amount_minor
     < (select coalesce(sum(amount_minor - by_bank_minor), 0) from billing_refund
         where payment_id = p.id and status = 'succeeded' and (came_back_at is null or made_good_at is not null))
     + (select coalesce(sum(amount_minor), 0) from billing_dispute where payment_id = p.id and status <> 'won')
union all
select 'rows', 'payment ' || id, 'has amounts that differ from the provider''s, and waits for a person'
  from billing_payment where status = 'unknown' and check_at is null
union all
select 'rows', 'refund ' || id, 'has amounts that differ from the provider''s, and waits for a person'
  from billing_refund where status = 'unknown' and check_at is null
union all
select 'rows', 'refund ' || id, 'was sent back by the bank, and waits for a person'
  from billing_refund where came_back_at is not null and made_good_at is null
union all
select 'rows', 'payment ' || p.id, 'succeeded, and its invoice is not paid'
  from billing_payment p join billing_invoice i on i.id = p.invoice_id
 where p.status = 'succeeded' and i.paid_at is null
union all
select 'rows', 'invoice ' || i.id, 'is paid without a payment'
  from billing_invoice i
 where i.kind = 'invoice' and i.paid_at is not null and i.gross_minor > i.credit_minor
   and not exists (select from billing_payment where invoice_id = i.id and status = 'succeeded')
union all
select 'rows', 'order ' || o.reference, 'is not marked as paid as its invoice is'
  from billing_order o join billing_invoice i on i.order_id = o.id and i.kind = 'invoice'
 where i.paid_at is not null and o.paid_at is null
union all
select 'rows', 'series ' || s.name, 'has given ' || s.last || ' numbers, and ' || count(i.id) || ' are used'
  from billing_numberseries s
  left join billing_invoice i on i.number is not null
       and i.kind || ' ' || extract(year from i.issued_at at time zone 'UTC') = s.name
 group by s.name, s.last having count(i.id) <> s.last
