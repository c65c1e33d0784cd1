"""What is done to accounts: each verb holds its transaction and writes the audit."""
