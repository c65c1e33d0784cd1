"""The steps of macros and rules, one by one."""
