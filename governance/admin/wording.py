"""Words that the console needs and no model says: names of fields, and what other libraries say in English.

A register's own names belong on its model. Here are those of the nouns that were there before the console, keyed by the
model's name and the field's. Upper storeys may add theirs.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# Of django-tree-queries: a party organisation put below itself.
OF_THE_TREE = gettext_noop("A node cannot be made a descendant of itself.")

LABELS: dict[tuple[str, str], str | Promise] = {
    ("auditentry", "at"): _("When"),
    ("auditentry", "object_ref"): _("Its number"),
    ("auditentry", "chain"): _("Chain of the trail"),
    ("auditentry", "sequence"): _("Place in the chain"),
    ("auditentry", "hash"): _("Seal"),
    ("calendarday", "day"): _("Day"),
    ("calendarday", "kind"): _("Kind of day"),
    ("calendarday", "name"): _("Holiday"),
    ("calendarday", "source"): _("Source"),
    ("calendaryear", "year"): _("Year"),
    ("calendaryear", "source"): _("Source"),
    ("calendaryear", "loaded_at"): _("Loaded"),
    ("category", "code"): _("Code"),
    ("category", "name_zh"): _("Name in Chinese"),
    ("category", "name_en"): _("Name in English"),
    ("category", "name_ko"): _("Name in Korean"),
    ("category", "hint_zh"): _("Hint in Chinese"),
    ("category", "hint_en"): _("Hint in English"),
    ("category", "hint_ko"): _("Hint in Korean"),
    ("category", "search_words"): _("Words people use"),
    ("category", "is_emergency"): _("Emergency"),
    ("category", "hides_petitioner"): _("Keeps the name back"),
    ("category", "is_about_staff"): _("About staff"),
    ("category", "is_about_street"): _("About the street's own staff"),
    ("partymember", "given_at"): _("Agreed that residents may know, on"),
    ("partymember", "withdrawn_at"): _("Took back the consent, on"),
    ("partymember", "text_version"): _("Version of the text"),
    ("category", "is_listed"): _("In the public ledger"),
    ("category", "is_tile"): _("Shown as a picture"),
    ("category", "position"): _("Order"),
    ("category", "is_archived"): _("Archived"),
    ("coveragesnapshot", "subdistrict"): _("subdistrict"),
    ("coveragesnapshot", "numerator"): _("Covered"),
    ("coveragesnapshot", "denominator"): _("To be covered"),
    ("coveragesnapshot", "taken_at"): _("Counted at"),
    ("dutyshift", "body"): _("On duty for"),
    ("dutyshift", "estate"): _("Estate"),
    ("dutyshift", "user"): _("Person"),
    ("dutyshift", "starts_at"): _("Starts"),
    ("dutyshift", "ends_at"): _("Ends"),
    ("dutyshift", "position"): _("Rung in this order"),
    ("notice", "created_at"): _("Written"),
    ("notice", "channel"): _("By"),
    ("notice", "urgency"): _("Urgency"),
    ("notice", "state"): _("What became of it"),
    ("notice", "attempts"): _("Attempts"),
    ("notice", "delivered_at"): _("Arrived"),
    ("user", "full_name"): _("Name"),
    ("user", "surname"): _("Surname"),
    ("user", "surname_latin"): _("Surname in Latin letters"),
    ("user", "is_active"): _("May sign in"),
}

HELP: dict[tuple[str, str], str | Promise] = {
    ("category", "search_words"): _("Words people really use, in any language, with a space between"),
    ("category", "is_emergency"): _("The page says 119, 110 and 120 first"),
    ("category", "is_about_staff"): _("A complaint about people in charge: it goes past them, one level up"),
    ("category", "is_about_street"): _("It goes past the street office, to the district"),
    ("category", "hides_petitioner"): _("Quarrels: whoever is complained about never learns the name"),
    ("category", "is_listed"): _("One by one in the estate's ledger. Quarrels, complaints, care and deeds never are"),
    ("category", "is_tile"): _("All others are found by search"),
    ("dutyshift", "position"): _("Who is rung first when several are on duty"),
}

REGISTER_NAMES: dict[str, str | Promise] = {
    "auditentry": _("Audit trail"),
    "calendarday": _("Holidays and make-up workdays"),
    "calendaryear": _("Years with their holidays"),
    "notice": _("Messages sent"),
    "user": _("People at work"),
}
