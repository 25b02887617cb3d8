"""The embedded PostgreSQL and Redis: what lets a bare checkout run with nothing installed.

Knows nothing of the three apps. With `DATABASE_URL` and `REDIS_URL` set, none of this is used.
"""
