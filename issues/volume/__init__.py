"""A whole street made up at once, to measure on: as many people and matters as one street office really has.

Written straight into the tables by COPY, because the doors of `domain/` would take days for it. What the database holds
by constraints and triggers holds here, too; the audit trail and the outbox stay empty, and a test judges the rest from
outside. Not for showing anybody around: that is `issues.demo`.
"""
