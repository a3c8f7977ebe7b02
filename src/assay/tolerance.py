"""Bounds the probability that one more run of an experiment falls beyond a threshold, given some runs of it.

Two shapes of the tail are assumed, each where it is honest:

- *normal*, where the runs look so: the bound is exact for the normal distribution with unknown mean and variance, by the noncentral
  t distribution. It is the inverse of the one-sided tolerance factor (G. J. Hahn and W. Q. Meeker, Statistical Intervals, 1991,
  section 4.4 and appendix; M. G. Natrella, Experimental Statistics, NBS Handbook 91, 1963, section 2-5).
- *exponential* beyond the outermost fifth of the runs, where they do not: the spacings above an order statistic of an exponential tail are
  themselves a sample of that exponential distribution (A. Renyi, 1953), so that the mean excess has a chi-squared bound. On the
  logit scale that covers every tail up to powers of the error rate, and it is the more cautious of the two.

Runs that have fallen beyond the threshold are counted as well (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
#: Shares that are exactly 0 or 1 have no logit; half an example of a thousand is what stands for them.
_NEAREST = 0.0005
#: A smaller standard deviation (in logits) than this is not believed: some equal runs do not prove that all are equal.
_SMALLEST_STDDEV = 0.05
#: Critical value of the Anderson-Darling statistic at 10 % with mean and variance estimated (M. A. Stephens, JASA 69, 1974).
_ANDERSON_DARLING = 0.631
_TAIL_SHARE = 0.2

_erfc = np.vectorize(math.erfc, otypes=[float])


@dataclass(frozen=True)
class Tail:
    """What some runs say of the probability that one more run falls beyond a threshold.

    Attributes
    ----------
    num_runs, num_beyond
        How many runs there are, and how many of them fell beyond it.
    shape
        ``"normal"``, ``"exponential"`` or ``"counted"``.
    distance
        From the mean to the threshold in units of the values; positive when the mean is on its own side.
    deviations
        The same in standard deviations, on the scale of the fit.
    estimate, bound
        The probability, and its upper 95 % confidence bound.
    """

    num_runs: int
    num_beyond: int
    shape: str
    distance: float
    deviations: float
    estimate: float
    bound: float


def tail(values: Sequence[float], threshold: float, *, above: bool, or_equal: bool = False) -> Tail:
    """Bound the probability that one more value is above a threshold (below it, unless ``above``).

    Parameters
    ----------
    values
        One of each run, independent of each other. Shares (all in [0, 1], like the threshold) are fitted as logits.
    threshold
        In the same units.
    above
        On which side of the threshold "beyond" is.
    or_equal
        Whether a value that is equal to the threshold counts as beyond it.

    Raises
    ------
    ValueError
        There are fewer than 10 values, or one is not finite.
    """
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or len(array) < 10 or not np.isfinite(array).all():
        raise ValueError("at least 10 finite values are needed to say anything of a tail.")
    sign = 1.0 if above else -1.0
    to_scale = logit if is_share(array) and is_share(np.array([threshold])) else _identity
    # From here on the threshold is above the values, whichever side was asked for.
    scaled = np.sort(sign * to_scale(array))
    limit = float(sign * to_scale(np.array([threshold]))[0])
    smallest = _SMALLEST_STDDEV if to_scale is logit else 0.0
    deviation = max(float(scaled.std(ddof=1)), smallest, 1e-12)
    deviations = (limit - float(scaled.mean())) / deviation
    beyond = int(np.sum(sign * array > sign * threshold))
    beyond += int(np.sum(array == threshold)) if or_equal else 0
    if scaled[0] < scaled[-1] and anderson_darling(scaled) < _ANDERSON_DARLING:
        shape, estimate = "normal", normal_tail(deviations)
        bound = normal_tail_bound(deviations, len(array))
    else:
        shape = "exponential"
        estimate, bound = exponential_tail(scaled, limit, smallest)
    if beyond:
        counted = share_bound(beyond, len(array))
        if counted > bound:
            shape, bound = "counted", counted
        estimate = max(estimate, beyond / len(array))
    distance = sign * (threshold - float(array.mean()))
    return Tail(len(array), beyond, shape, distance, deviations, estimate, bound)


def is_share(values: np.ndarray) -> bool:
    """Whether all values can be shares of a whole, such as accuracies."""
    return bool(np.all((values >= 0) & (values <= 1)))


def logit(shares: np.ndarray) -> np.ndarray:
    """log(p / (1 - p)), with 0 and 1 moved inwards by half an example of a thousand."""
    inside = np.clip(shares, _NEAREST, 1 - _NEAREST)
    return np.log(inside / (1 - inside))


def from_logit(value: float) -> float:
    """The share that has this logit."""
    return 1 / (1 + math.exp(-value))


def normal_tail(deviations: float) -> float:
    """Probability that a normal value is more than so many standard deviations above its mean."""
    return 0.5 * math.erfc(deviations / math.sqrt(2))


def normal_tail_bound(deviations: float, num_values: int, confidence: float = CONFIDENCE) -> float:
    """Upper confidence bound of that probability when mean and standard deviation come from a sample.

    ``deviations`` times sqrt(n) is a value of the noncentral t distribution with n - 1 degrees of freedom and noncentrality
    z sqrt(n), where z is the true distance in standard deviations. The bound is that of the smallest z under which so large a
    value, or a larger one, still has probability 1 - confidence.
    """
    statistic = deviations * math.sqrt(num_values)

    def excess(z: float) -> float:
        return _noncentral_t_above(statistic, z * math.sqrt(num_values), num_values - 1) - (1 - confidence)

    width = 10 + 10 * abs(deviations)
    return normal_tail(_root(excess, -width, width))


def tolerance_factor(num_values: int, share: float, confidence: float = CONFIDENCE) -> float:
    """How many standard deviations above the mean of a normal sample at least this share of all values lies below, with confidence."""
    z = _root(lambda x: (1 - normal_tail(x)) - share, -40.0, 40.0)

    def missing(factor: float) -> float:
        return (
            1
            - confidence
            - _noncentral_t_above(factor * math.sqrt(num_values), z * math.sqrt(num_values), num_values - 1)
        )

    return _root(missing, -50.0, 50.0 + 10 * abs(z))


def exponential_tail(
    values: np.ndarray, limit: float, smallest: float = 0.0, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Estimate and upper confidence bound of the probability to exceed ``limit``, when the upper tail falls exponentially.

    Parameters
    ----------
    values
        In rising order.
    limit
        On the scale of the values.
    smallest
        A mean excess below this is not believed.

    Returns
    -------
    (float, float)
        Both are 1 if the limit lies below the values that the tail begins with: there is no tail to speak of.
    """
    count = math.ceil(_TAIL_SHARE * len(values))
    start = float(values[-count - 1])
    if limit <= start:
        return 1.0, 1.0
    excess = float(np.sum(values[-count:] - start))
    # Half of the doubt is spent on where the tail begins and half on how fast it falls.
    doubt = (1 - confidence) / 2
    # Values that are all equal have an excess of zero, which nothing can be divided by.
    smallest = max(smallest, 1e-12)
    mean, largest = max(excess / count, smallest), max(excess / _gamma_quantile(count, doubt), smallest)
    # The share above the (count + 1)th largest value follows a beta distribution, as in the bound of Clopper and Pearson.
    share = share_bound(count, len(values), 1 - doubt)
    return (
        count / len(values) * math.exp(-(limit - start) / mean),
        min(1.0, share * math.exp(-(limit - start) / largest)),
    )


def share_bound(count: int, total: int, confidence: float = CONFIDENCE) -> float:
    """Upper confidence bound of a probability of which ``count`` of ``total`` trials came true (Clopper and Pearson)."""
    if count >= total:
        return 1.0

    def chance(share: float) -> float:
        few = (math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(count + 1))
        return (1 - confidence) - sum(few)

    return _root(chance, 0.0, 1.0)


def anderson_darling(values: np.ndarray) -> float:
    """How far a sample is from normal: A^2 (1 + 0.75 / n + 2.25 / n^2), mean and variance estimated (M. A. Stephens, JASA 69, 1974).

    Above 0.631 normal samples are with probability 10 %, above 0.752 with 5 %.
    """
    ordered = np.sort(values)
    n = len(ordered)
    z = (ordered - ordered.mean()) / ordered.std(ddof=1)
    # Beyond the reach of floating-point numbers the logarithm would be infinite; the smallest one is far enough.
    below = np.log(np.maximum(0.5 * _erfc(-z / math.sqrt(2)), 1e-300))
    above = np.log(np.maximum(0.5 * _erfc(z / math.sqrt(2)), 1e-300))
    weights = 2 * np.arange(1, n + 1) - 1
    statistic = -n - float(np.sum(weights * (below + above[::-1]))) / n
    return statistic * (1 + 0.75 / n + 2.25 / n**2)


def _identity(values: np.ndarray) -> np.ndarray:
    return values


def _noncentral_t_above(statistic: float, noncentrality: float, freedom: int) -> float:
    """Probability that a noncentral t value is at least ``statistic``.

    T = (Z + delta) / U with Z normal and U = sqrt(chi^2 / freedom) is at least t when Z >= t U - delta: the mean over U of the normal
    tail. The density of U falls off so fast at both ends that the mean over an even grid is as good as any rule.
    """
    width = 12 / math.sqrt(2 * freedom)
    u = np.linspace(max(1e-9, 1 - width), 1 + width, 401)
    log_density = (freedom - 1) * np.log(u) - freedom * u**2 / 2
    weights = np.exp(log_density - log_density.max())
    return float(
        np.sum(weights * 0.5 * _erfc((statistic * u - noncentrality) / math.sqrt(2))) / np.sum(weights)
    )


def _gamma_quantile(shape: int, probability: float) -> float:
    """Where the sum of ``shape`` exponential values of mean 1 stays below with this probability."""

    def chance(x: float) -> float:
        terms = (math.exp(k * math.log(x) - x - math.lgamma(k + 1)) for k in range(shape))
        return 1 - sum(terms) - probability

    return _root(chance, 1e-9, shape + 10 * math.sqrt(shape) + 10)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses zero, by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
