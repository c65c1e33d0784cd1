"""What is bought and paid: orders, subscriptions, invoices, payments, refunds, disputes, and the books."""
