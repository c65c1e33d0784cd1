"""The doors that mail comes in by: a mailbox that is polled, a server that takes it, a provider's webhook."""
