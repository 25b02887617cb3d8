"""What the dashboard shows of its figures: each drawn, in a table of `issues.dashboard_tables`, and in words.

Words and shapes only: what is counted, and whose it is, `issues.figures` has settled before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from governance import charts, wording
from issues import dashboard_tables as tables
from issues.dashboard_tables import Table, change_in_words, tenth
from issues.figures import Choice, Figures
from issues.figures.definitions import DEFINITIONS, LEFT_OUT
from issues.figures.hearing import Heard
from issues.figures.piling import AGES, STAGES, Tally
from issues.figures.rates import Rate
from issues.figures.shares import FEW, Share

TOP = 10


@dataclass(frozen=True)
class Panel:
    """One part of the page. `caption` is the heading's second line, `note` a line below the chart."""

    key: str
    title: str | Promise
    table: Table
    caption: str = ""
    note: str = ""
    bars: list[charts.Bar] = field(default_factory=list)
    names_are_chinese: bool = False
    # The whole, where the page shows only some of it: made for the workbook alone.
    whole: Callable[[], Table] | None = None

    @property
    def definition(self) -> str:
        return str(DEFINITIONS[self.key])

    @property
    def is_empty(self) -> bool:
        return not self.table.rows


@dataclass(frozen=True)
class RateCard:
    key: str
    title: str | Promise
    rate: Rate
    counted: str
    parts: list[charts.BarPart]
    apart: str = ""

    @property
    def definition(self) -> str:
        return str(DEFINITIONS[self.key])

    @property
    def before(self) -> str:
        """The period before, with its n; words where it has none."""
        share = self.rate.before
        if not share.n:
            return _("before: nothing to compare with")
        return _("before: %(percent)s of %(count)s") % {"percent": share.percent, "count": share.n}


TITLES: dict[str, str | Promise] = {
    "burning": gettext_lazy("What burns"),
    "promises": gettext_lazy("Promises kept"),
    "piling": gettext_lazy("Where it piles up"),
    "response": gettext_lazy("Response rate"),
    "resolution": gettext_lazy("Resolution rate"),
    "satisfaction": gettext_lazy("Satisfaction rate"),
    "arrivals": gettext_lazy("Arrivals"),
    "lengths": pgettext_lazy("figures", "How long"),
    "about": gettext_lazy("What about"),
    "solved": gettext_lazy("Really solved"),
    "heard": gettext_lazy("Who isn't heard"),
    "streets": gettext_lazy("Street by street"),
}


@dataclass(frozen=True)
class Board:
    """The figures of a choice, as the page and the workbook say them."""

    choice: Choice
    figures: Figures

    # --- around the figures ---

    @property
    def tally(self) -> Tally:
        return self.figures.pile.tally

    @property
    def has_figures(self) -> bool:
        """Whether anything at all was filed, is open or came due: else the page says so, and draws nothing."""
        told = self.figures
        return bool(
            self.tally.open or told.promises.kept.n or told.about or sum(told.filed.values()) or told.lengths
            or told.satisfaction.now.n or told.resolution.rate.now.n or told.arrivals.all
        )  # fmt: skip

    @property
    def period_words(self) -> str:
        period = self.choice.period
        today = wording.local(self.choice.now).date()
        days = {"first": wording.day(period.first, today), "last": wording.day(period.last, today)}
        return _("%(first)s to %(last)s") % days

    @property
    def left_out(self) -> list[str]:
        """What the three rates leave out, each with its count, nought included: so that nobody has to guess."""
        out = self.figures.left_out
        counts = (
            (
                out.merged,
                ngettext("%(count)s matter merged into another", "%(count)s matters merged into others", out.merged),
            ),
            (
                out.declined,
                ngettext("%(count)s petition not taken up", "%(count)s petitions not taken up", out.declined),
            ),
            (out.withdrawn, ngettext("%(count)s petition withdrawn", "%(count)s petitions withdrawn", out.withdrawn)),
            (out.imported, ngettext("%(count)s petition imported", "%(count)s petitions imported", out.imported)),
        )
        return [words % {"count": count} for count, words in counts]

    @property
    def about_the_rates(self) -> str:
        return str(LEFT_OUT)

    # --- the parts ---

    @cached_property
    def promises(self) -> Panel:
        weeks = self.figures.promises.weeks
        few = any(week.kept.n and week.kept.is_few for week in weeks)
        note = _("Grey and dashed: fewer than %(few)s came due, too few to judge by.") % {"few": FEW} if few else ""
        if weeks and weeks[-1].is_running and self.figures.promises.kept.n:
            running = _("The last week isn't over yet.")
            note = f"{note} {running}".strip()
        return Panel(
            "promises",
            TITLES["promises"],
            tables.promises(self.figures.promises, self._today),
            caption=_("Share of promises kept, by week"),
            note=note,
        )

    @cached_property
    def promises_chart(self) -> charts.WeekChart | None:
        return charts.line_over_weeks(
            [
                charts.WeekOf(
                    share=week.kept.fraction,
                    week=f"{week.starts_on.month}/{week.starts_on.day}",
                    n=str(week.kept.n),
                    words=week.kept.percent,
                    is_few=week.kept.is_few,
                )
                for week in self.figures.promises.weeks
            ]
        )

    @cached_property
    def piling(self) -> Panel:
        ages = self.figures.pile.ages
        open_in_all = self.tally.open
        bars = [charts.ToStack(str(STAGES[stage]), counts, str(sum(counts))) for stage, counts in ages.items()]
        return Panel(
            "piling",
            TITLES["piling"],
            tables.piling(self.figures.pile),
            caption=ngettext("%(count)s open matter", "%(count)s open matters", open_in_all) % {"count": open_in_all},
            bars=charts.stacked_bars(bars, names_parts=True) if open_in_all else [],
        )

    @property
    def ages(self) -> list[tuple[int, str]]:
        return [(tone, str(age)) for tone, age in enumerate(AGES, start=1)]

    @cached_property
    def rates(self) -> list[RateCard]:
        told = self.figures
        solved = told.resolution
        return [
            RateCard(
                "response",
                TITLES["response"],
                told.response.rate,
                self._petitions(told.response.rate.now),
                _rate_bar(told.response.rate.now),
                _("In time by the log, but not by the petitioner's own word: %(count)s.")
                % {"count": told.response.denied},
            ),
            RateCard(
                "resolution",
                TITLES["resolution"],
                solved.rate,
                self._petitions(solved.rate.now),
                _rate_bar(solved.rate.now, solved.staff_only),
                _("Checked by staff only: %(staff)s. No answer: %(none)s. Not solved: %(not_solved)s.")
                % {"staff": solved.staff_only, "none": solved.no_answer, "not_solved": solved.not_solved},
            ),
            RateCard(
                "satisfaction",
                TITLES["satisfaction"],
                told.satisfaction,
                ngettext("%(part)s of %(count)s rating", "%(part)s of %(count)s ratings", told.satisfaction.now.n)
                % {"part": told.satisfaction.now.part, "count": told.satisfaction.now.n},
                _rate_bar(told.satisfaction.now),
            ),
        ]

    @staticmethod
    def _petitions(share: Share) -> str:
        words = ngettext("%(part)s of %(count)s petition", "%(part)s of %(count)s petitions", share.n)
        return words % {"part": share.part, "count": share.n}

    @cached_property
    def rates_table(self) -> Table:
        return tables.rates([(str(card.title), card.rate) for card in self.rates])

    @cached_property
    def arrivals(self) -> Panel:
        told = self.figures.arrivals
        said = (
            (pgettext("arrival", "proven"), told.proven, 4),
            (pgettext("arrival", "only claimed"), told.claimed, 2),
            (pgettext("arrival", "only with the finish"), told.with_finish, 1),
        )
        bars = [
            charts.ToStack(words, (count,), f"{count}", Share(count, told.all).percent, tones=(tone,))
            for words, count, tone in said
        ]
        told_of = _("Finished within a minute of arriving: %(count)s of %(all)s.")
        note = told_of % {
            "count": told.under_a_minute,
            "all": told.all,
        }
        return Panel(
            "arrivals",
            TITLES["arrivals"],
            tables.arrivals(told),
            caption=ngettext("%(count)s arrival", "%(count)s arrivals", told.all) % {"count": told.all},
            note=note if told.all else "",
            bars=charts.stacked_bars(bars) if told.all else [],
        )

    @cached_property
    def lengths(self) -> Panel:
        subjects = self.choice.sight.registers.subjects
        shown = sorted(self.figures.lengths, key=lambda each: -each.n)[:TOP]
        shown.sort(key=lambda each: -each.median)
        bars = [
            charts.ToStack(
                subjects[each.category].name,
                (each.median.total_seconds(), (each.p90 - each.median).total_seconds()),
                _("%(median)s, nine in ten %(p90)s")
                % {"median": wording.span(each.median), "p90": wording.span(each.p90)},
                f"n {each.n}",
                tones=(4, 1),
            )
            for each in shown
        ]
        every = self.figures.lengths
        return Panel(
            "lengths",
            TITLES["lengths"],
            tables.lengths(every, subjects),
            caption=_("Median and nine in ten, by category"),
            note=_("The ten categories with the most matters; the table has all.") if len(every) > TOP else "",
            bars=charts.stacked_bars(bars),
        )

    @cached_property
    def about(self) -> Panel:
        subjects = self.choice.sight.registers.subjects
        every = self.figures.about
        bars = [
            charts.ToStack(
                subjects[each.category].name, (each.now,), str(each.now), change_in_words(each.change), tones=(4,)
            )
            for each in every[:TOP]
            if each.now
        ]
        return Panel(
            "about",
            TITLES["about"],
            tables.about(every, subjects),
            caption=_("The ten most frequent, with the change on the period before"),
            bars=charts.stacked_bars(bars),
        )

    @cached_property
    def solved(self) -> Panel:
        again, not_solved = self.figures.reopened, self.figures.not_solved
        said = ((_("Opened again"), again), (_("Rated “not solved”"), not_solved.now))
        bars = [
            charts.Bar(words, _rate_bar(share), share.percent or "–", f"{share.part} / {share.n}")
            for words, share in said
        ]
        before = not_solved.before
        note = (
            _("“Not solved” in the period before: %(percent)s of %(count)s.")
            % {"percent": before.percent, "count": before.n}
            if before.n
            else ""
        )
        has_any = again.n or not_solved.now.n
        return Panel(
            "solved",
            TITLES["solved"],
            tables.solved(said),
            caption=_("Finished on paper, and not in fact"),
            note=note,
            bars=bars if has_any else [],
        )

    @cached_property
    def heard(self) -> Panel:
        known = [each for each in self.figures.heard if each.per_hundred is not None]
        unknown = len(self.figures.heard) - len(known)
        shown = known[:TOP] + known[-TOP:] if len(known) > 2 * TOP else known
        highest = max((each.per_hundred or Fraction(0) for each in known), default=Fraction(0))
        bars = [
            charts.ToStack(
                self._estate(each),
                (each.per_hundred or 0, highest - (each.per_hundred or 0)),
                tenth(each.per_hundred),
                f"{each.filed} / {each.homes}",
                tones=(4, 0),
            )
            for each in known[:TOP]
        ]  # fmt: skip
        note = ""
        if unknown:
            note = ngettext(
                "%(count)s estate has no homes in the register: nothing can be said of it.",
                "%(count)s estates have no homes in the register: nothing can be said of them.",
                unknown,
            ) % {"count": unknown}
        if len(known) > 2 * TOP:
            part = _("The table has the ten lowest and the ten highest of %(count)s; the workbook has all.")
            note = f"{part % {'count': len(known)}} {note}".strip()
        return Panel(
            "heard",
            TITLES["heard"],
            tables.heard(shown, self.choice.sight.registers.estates),
            caption=_("Petitions for every 100 homes, the fewest first"),
            note=note,
            bars=charts.stacked_bars(bars) if highest else [],
            names_are_chinese=True,
            whole=lambda: tables.heard(self.figures.heard, self.choice.sight.registers.estates),
        )

    def _estate(self, each: Heard) -> str:
        return self.choice.sight.registers.estates[each.estate].name

    @cached_property
    def streets(self) -> Panel | None:
        """A line for each street, where there are several."""
        looked_at = self.choice.streets
        if len(looked_at) < 2:
            return None
        table = tables.streets(self.figures, looked_at, self.choice.sight.registers.streets)
        return Panel("streets", TITLES["streets"], table, names_are_chinese=True)

    @property
    def panels(self) -> list[Panel]:
        """The parts with a table each, in the order of the page."""
        found = [self.promises, self.piling, self.arrivals, self.lengths, self.about, self.solved, self.heard]
        return [*([self.streets] if self.streets else []), *found]

    @property
    def _today(self) -> date:
        return wording.local(self.choice.now).date()


def _rate_bar(share: Share, beside: int = 0) -> list[charts.BarPart]:
    """A rate over the whole width: what counts, what stands beside it, the rest."""
    if not share.n:
        return []
    rest = share.n - share.part - beside
    return charts.stacked_bars([charts.ToStack("", (share.part, beside, rest), "", tones=(4, 2, 1))])[0].parts
