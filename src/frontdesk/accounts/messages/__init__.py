"""Mails to customers: written once, sent by the worker, found again in the account, and checked by anyone.

Other apps call `send_mail` from `frontdesk.accounts.messages.sending`.
"""
