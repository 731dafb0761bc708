from __future__ import annotations

import pytest

from seedbed.measures.student import normal_quantile, t_quantile, two_sided_p


@pytest.mark.parametrize("p", [0.025, 0.5001, 0.9, 0.975, 0.999, 1 - 3e-7])
@pytest.mark.parametrize("df", [1, 2, 3, 4.5, 10, 32, 199, 200, 500, 1e9])
def test_quantiles_against_scipy(p: float, df: float) -> None:
    from scipy import stats

    assert t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-7)
    assert normal_quantile(p) == pytest.approx(stats.norm.ppf(p), abs=1e-9)


def test_few_degrees_are_refused_and_p_is_two_sided() -> None:
    with pytest.raises(ValueError, match=r"df = 0\.5"):
        t_quantile(0.975, 0.5)
    assert two_sided_p(-1.959963984540054) == pytest.approx(0.05)
