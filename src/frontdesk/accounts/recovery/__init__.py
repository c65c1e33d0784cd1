"""The way back for people who have lost every way into their account: with a person of ours, and three days of warning.

`asking` takes the request, `judging` is staff's part, `waiting` tells and stops, `completing` lets them in again.
"""
