# SPDX-License-Identifier: MIT
"""From results to figures: medians, ranges, ratios, and whether a bar is met. Nothing is left out: what is not there is
`missing`."""

import dataclasses
import statistics

import plan

MISSING = (KeyError, TypeError, IndexError, ZeroDivisionError)


@dataclasses.dataclass(frozen=True)
class Sample:
    median: float
    least: float
    most: float
    count: int
    errors: int
    was_generator_bound: bool


@dataclasses.dataclass(frozen=True)
class Verdict:
    bar: plan.Bar
    value: float | None  # a ratio, or units where the bar is not a ratio

    @property
    def word(self):
        if self.value is None:
            return "missing"
        return "pass" if self.value <= self.bar.limit else "short"


class Figures:
    def __init__(self, record):
        self.record = record
        self.samples = {}
        for figure in plan.FIGURES:
            for id in plan.RUNS[figure.run].servers:
                if sample := self._sample(figure, id):
                    self.samples[figure.id, id] = sample

    def _sample(self, figure, id):
        values, errors, bound = [], 0, 0
        for entry in self.record["results"]:
            if entry["run"] != figure.run or entry["server"] != id:
                continue
            result = entry["result"]
            try:
                values.append(float(figure.metric(result)))
            except MISSING:
                continue
            errors += result.get("errors") or 0
            bound += result.get("bottleneck") == "generator"
        if not values:
            return None
        return Sample(statistics.median(values), min(values), max(values), len(values), errors, 2 * bound > len(values))

    def of(self, figure, id):
        return self.samples.get((figure.id, id))

    def ratio(self, figure, id, against):
        mine, other = self.of(figure, id), self.of(figure, against)
        return mine.median / other.median if mine and other and other.median else None

    def verdicts(self, figure, id):
        for bar in figure.bars:
            if bar.against:
                yield Verdict(bar, self.ratio(figure, id, bar.against))
            else:
                sample = self.of(figure, id)
                yield Verdict(bar, sample.median if sample else None)

    def why_missing(self, figure, id):
        if id in self.record["unavailable"]:
            return self.record["unavailable"][id]
        for entry in self.record["results"]:
            if entry["run"] == figure.run and entry["server"] == id:
                result = entry["result"]
                return result.get("failed") or "; ".join(result.get("error_kinds") or ["the result has no such figure"])
        return "not measured in this run"


def number(value):
    """Three digits that matter, thousands apart."""
    if value >= 1000:
        return f"{value:,.0f}"
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    if value >= 0.1:
        return f"{value:.2f}"
    return f"{value:.2g}"
