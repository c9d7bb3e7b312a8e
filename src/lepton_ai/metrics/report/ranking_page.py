"""The report on a ranking as one HTML page; see `markup` for how it is kept safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_ai.metrics.report import ranking_plots
from lepton_ai.metrics.report.markup import card, cards, document, in_words, notes, section, table
from lepton_ai.metrics.report.plots import bar
from lepton_ai.metrics.report.ranking_words import (
    KINDS,
    MEANINGS,
    beyond_lines,
    figure,
    limits,
    places_sentence,
    recall_limits,
    recall_of,
    sentences,
    shown_sentence,
    weak_sentence,
)
from lepton_ai.metrics.report.summary import between, percent

if TYPE_CHECKING:
    from lepton_ai.metrics.report.ranking import RankingReport


def render_page(report: RankingReport) -> str:
    """The whole page, as text to be stored in UTF-8."""
    several = report.right_items > report.users
    body = [
        _cards(report, several=several),
        in_words(sentences(report)),
        '<div class="grid">',
        section(
            "Where do right items stand?",
            ranking_plots.places(report.ranks, users=report.users, k=report.k),
            told=places_sentence(report),
        ),
        section(
            "Would longer lists find more?",
            ranking_plots.lengths(report.ranks, k=report.k, several=several),
            told="The share of users who would find a right item in a list of that length; "
            f"the mark is {report.k}.",
        ),
        "</div>",
        section(
            "Scores",
            _scores(report),
            told=f"Means over users, for lists of {report.k}. All lie between 0 and 1; more is better.",
        ),
        '<div class="grid">',
        _histories(report),
        _popularities(report),
        "</div>",
        _beyond(report),
        _weak(report),
        notes(report.notes),
    ]
    told = (
        f"Ranking report on {report.users:,} users and {report.right_items:,} right items, for lists of "
        f"{report.k}. Ranges are {report.level:.0%} confidence intervals."
    )
    return document(report.name, kind="ranking report", told=told, body=[part for part in body if part])


def _cards(report: RankingReport, *, several: bool) -> str:
    shown = ["hit_rate", "ndcg", "recall" if several else "mrr"]
    parts = [
        card(f"{MEANINGS[score][0]}@{report.k}", figure(value.value), limits(value))
        for score, value in ((score, getattr(report, score)) for score in shown)
    ]
    if report.beyond is not None and report.beyond.coverage is not None:
        below = f"{report.beyond.items:,} of {report.catalogue_size:,} items"
        parts.append(card("Coverage", percent(report.beyond.coverage), below))
    else:
        parts.append(card(f"MAP@{report.k}", figure(report.map.value), limits(report.map)))
    return cards(parts)


def _scores(report: RankingReport) -> str:
    return table(
        ("Score", "Value", "", "Interval", "Mean or share of"),
        (
            (
                f"{name}@{report.k}",
                figure(value.value),
                bar(value.value, told=f"{name} {figure(value.value)}"),
                limits(value),
                meaning,
            )
            for name, meaning, value in (
                (name, meaning, getattr(report, score)) for score, (name, meaning) in MEANINGS.items()
            )
        ),
        kinds=("label", "n", "bar", "n", "text"),
    )


def _histories(report: RankingReport) -> str:
    if not report.histories:
        return ""
    rows = table(
        ("Events", "Hit rate", "", "Interval", "NDCG", "Users"),
        (
            (
                line.events,
                percent(line.hit_rate.value),
                bar(line.hit_rate.value, told=f"hit rate {percent(line.hit_rate.value)}"),
                between(line.hit_rate),
                figure(line.ndcg.value),
                f"{line.users:,}",
            )
            for line in report.histories
        ),
        kinds=("short", "n", "bar", "n", "n", "n"),
    )
    return section("New and old users", rows, told="Users by how many of their events the model knew.")


def _popularities(report: RankingReport) -> str:
    if not report.popularities:
        return ""
    rows = table(
        ("Right item", "Found", "Interval", "Right", "Shown"),
        (
            (
                line.kind,
                recall_of(line),
                recall_limits(line),
                percent(line.right_share),
                percent(line.recommended_share),
            )
            for line in report.popularities
        ),
        kinds=("short", "n", "n", "n", "n"),
    )
    kinds = "; ".join(f"{kind}: {told}" for kind, told in KINDS.items())
    told = f"The kinds' shares of all right items, and of all places shown. {kinds[0].upper()}{kinds[1:]}."
    return section("Popular and rare items", rows, told=told)


def _beyond(report: RankingReport) -> str:
    if report.beyond is None:
        return ""
    rows = table(("", "Value", "What it is"), beyond_lines(report.beyond), kinds=("label", "n", "text"))
    return section("What the lists show", rows, told=shown_sentence(report.beyond, report.catalogue_size))


def _weak(report: RankingReport) -> str:
    if not report.weak.tested:
        return ""
    rows = table(
        ("Kind of user", "Hit rate", "Interval", "The rest", "Users"),
        (
            (
                f"{spot.column} = {spot.value}",
                percent(spot.hit_rate.value),
                between(spot.hit_rate),
                percent(spot.rest),
                f"{spot.users:,}",
            )
            for spot in report.weak.found
        ),
        kinds=("label", "n", "n", "n", "n"),
    )
    return section("Weak spots", rows if report.weak.found else "", told=weak_sentence(report))
