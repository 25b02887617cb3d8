"""The filter of the dashboard: what it offers, out of what the person may count, and what is chosen."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from issues.figures.choice import PRESETS, USUAL, Choice, key_of
from residents.models import PetitionChannel

# With more estates than these, one chooses the community first.
MOST_ESTATES = 300


class Option(NamedTuple):
    value: str
    words: str
    is_chosen: bool
    is_name: bool = False


class Select(NamedTuple):
    """One choice: its name in the address, its label, and what it offers. The first option leaves it open."""

    name: str
    label: str | Promise
    options: list[Option]

    @property
    def chosen(self) -> Option | None:
        """None where what is asked for isn't offered: one of more estates than anybody would look through."""
        return next((option for option in self.options if option.is_chosen), None)

    @property
    def is_set(self) -> bool:
        return bool(self.chosen and self.chosen.value)


def selects(choice: Choice) -> list[Select]:
    """The choices in the order of the page. One that offers nothing to choose from isn't there."""
    registers, asked = choice.sight.registers, choice.asked
    streets = [(each.key, each.key) for each in registers.streets.values()]
    communities = [
        (key_of(each, registers.communities, choice.sight), each.name)
        for each in registers.communities.values()
        if each.street_id in choice.streets or choice.community is not None
    ]
    estates = _estates(choice)
    bodies = [(each.name, each.short_name or each.name) for each in registers.bodies.values()]
    subjects = [(each.key, each.name) for each in registers.subjects.values() if not each.is_archived]
    channels = [(str(value), str(label)) for value, label in PetitionChannel.choices]
    of_streets = ngettext("all %(count)s street", "all %(count)s streets", len(streets)) % {"count": len(streets)}
    of_communities = ngettext("all %(count)s community", "all %(count)s communities", len(communities))
    of_estates = ngettext("all %(count)s estate", "all %(count)s estates", len(estates))
    found = [
        Select("street", _("Street"), _options(of_streets, streets, asked.get("street", ""), are_names=True)),
        Select(
            "community",
            _("Community"),
            _options(
                of_communities % {"count": len(communities)}, communities, asked.get("community", ""), are_names=True
            ),
        ),
        Select(
            "estate",
            _("Estate"),
            _options(of_estates % {"count": len(estates)}, estates, asked.get("estate", ""), are_names=True),
        ),
        Select(
            "body", _("In whose hands"), _options(gettext("all bodies"), bodies, asked.get("body", ""), are_names=True)
        ),
        Select("category", _("Category"), _options(gettext("all categories"), subjects, asked.get("category", ""))),
        Select("channel", _("Channel"), _options(gettext("all channels"), channels, asked.get("channel", ""))),
    ]
    return [select for select in found if len(select.options) > 2 or select.is_set] + [_weeks(choice)]


def _estates(choice: Choice) -> list[tuple[str, str]]:
    registers = choice.sight.registers
    offered = [
        (each.key, each.name)
        for each in registers.estates.values()
        if choice.community in (None, each.community_id)
        and registers.communities[each.community_id].street_id in choice.streets
        and (not each.has_ended or each.pk == choice.estate)
    ]
    return offered if len(offered) <= MOST_ESTATES else []


def _options(everything: str, offered: list[tuple[str, str]], chosen: str, *, are_names: bool = False) -> list[Option]:
    first = Option("", everything, not chosen)
    return [first, *(Option(value, words, value == chosen, are_names) for value, words in offered)]


def _weeks(choice: Choice) -> Select:
    def words(number: int) -> str:
        return ngettext("last %(count)s week", "last %(count)s weeks", number) % {"count": number}

    preset = choice.period.preset
    options = [Option("" if number == USUAL else str(number), words(number), number == preset) for number in PRESETS]
    if preset is None:
        options.append(Option("", gettext("the days below"), is_chosen=True))
    return Select("weeks", _("Time"), options)
