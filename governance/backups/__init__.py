"""Keeping a copy of the portal in one file, and making a portal out of such a file again.

In the copy: the database and the files that its rows name. Not in it: the keys, without which no phone number in it can
be read. Who keeps both in one place has kept neither safe.
"""
