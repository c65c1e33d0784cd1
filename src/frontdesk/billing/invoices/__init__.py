"""Invoices and credit notes: opened, issued with a gapless number, given up, corrected, printed."""
