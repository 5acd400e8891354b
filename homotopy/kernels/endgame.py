"""The end of a path near t = 0: finite or infinite, regular or singular.

The endgame runs in logarithmic time s = log t, where x_i ~ a·e^(ν s): leading exponents
("valuations") ν_i = d log x_i / ds come from the Taylor coefficients without differences, steps
towards t = 0 stay long, and a circle around t = 0 is a segment in the imaginary direction.

- A regular end is reached by one jump to t = 0 as soon as the trust region allows it.
- A path diverges if a coordinate keeps a steady negative valuation while it grows.
- Otherwise Cauchy's integral over circles gives the end, the number of turns until the path
  closes the winding number; two radii must agree.
Sources: A. Morgan, A. Sommese, C. Wampler, Numer. Math. 63 (1992) (Cauchy); B. Huber,
J. Verschelde, Numer. Algorithms 18 (1998) (valuations).
"""

import numpy as np

from algebra.kernels.compilation import kernel
from homotopy.kernels.evaluation import (
    LINEAR,
    LOGARITHMIC,
    evaluate_precisely,
    set_parameters,
)
from homotopy.kernels.linear_algebra import inverse_norm, size, solve
from homotopy.kernels.stepping import (
    AT_INFINITY,
    SINGULAR,
    SUCCESS,
    TOO_MANY_STEPS,
    UNDECIDED,
    UNIT_ROUNDOFF,
    newton,
    pade,
    residual_and_factor,
    set_weights,
    taylor_coefficients,
    track_segment,
    trust_radius,
    weighted_maximum,
)
from homotopy.kernels.workspace import (
    ACCURACY,
    CONDITION,
    CORRECTED,
    DELTA,
    END_BETA_TAU,
    ERROR,
    GIVE_UP_TIME,
    GROWTH,
    KIND,
    LAST,
    LAST_LOG_TIME,
    LAST_T,
    LIMIT,
    LOOK_STEPS,
    LOOP,
    MAX_CONDITION,
    MAX_LOG_STEP,
    MAX_STEPS,
    MAX_WINDING,
    MU,
    NEAR_INFINITY,
    OMEGA,
    PATIENCE,
    PRECISE,
    PREDICTED,
    REJECTED,
    RESIDUAL,
    SERIES_KNOWN,
    SPARE,
    STEP,
    STEPS,
    SUM,
    WINDING,
    X1,
    X2,
    X3,
    X,
)

#: Samples per turn of the Cauchy integral: its error is about |t|^CIRCLE.
CIRCLE = 8
#: Size of the last correction, relative to the unknowns, at a regular zero: residuals are precise,
#: so only slow convergence, near a multiple zero, leaves more.
REGULAR_ACCURACY = 1e-11
#: Turns that are tried whatever the exponents.
FEW_TURNS = 12.0
#: A coordinate with a small exponent need not grow as much: its exponent has been steady for so
#: many times the length in log t that a pole of order 1 would need.
LONG_GROWTH = 3.0
#: log t below which a steady negative exponent counts even if rounding hides its limit.
LATE = -30.0


@kernel()
def finish(path, tau, ws):
    """Polish X at tau with precise residuals; sets RESIDUAL, ACCURACY, CONDITION; False if J fails.

    CONDITION is that of the Jacobian scaled by the weights of the unknowns and by rows.
    """
    x, delta, state = ws.vectors[X], ws.vectors[DELTA], ws.state
    n = x.shape[0]
    set_weights(x, ws, False)
    set_parameters(path, tau, ws)
    state[CONDITION] = np.inf
    state[PRECISE] = 1.0
    previous = np.inf
    for _ in range(3):
        if not residual_and_factor(path, tau, x, ws):
            return False
        solve(ws.matrix, ws.pivots, ws.row_scales, delta)
        correction = weighted_maximum(delta)
        if not correction < 1e100:
            return False
        state[ACCURACY] = correction
        if correction > previous:
            break
        for i in range(n):
            x[i] -= ws.weights[i] * delta[i]
        if correction < 4.0 * UNIT_ROUNDOFF:
            break
        previous = correction
    state[CONDITION] = inverse_norm(ws.matrix, ws.pivots, ws.row_scales, ws.vectors[SPARE])
    evaluate_precisely(path, tau, x, ws)
    largest = 0.0
    for i in range(n):
        largest = max(largest, abs(delta[i]))
    state[RESIDUAL] = largest
    return True


@kernel()
def jump_to_target(path, ws):
    """Try to go from X at t to t = 0 in one step, given Taylor coefficients in s; True on success.

    With u = Δt/t the coefficients in u follow from Δs = log(1 + u). On failure X is unchanged.
    """
    vectors, state, weights = ws.vectors, ws.state, ws.weights
    n = weights.shape[0]
    y2, y3 = vectors[LOOP], vectors[SPARE]
    for i in range(n):
        x1, x2, x3 = vectors[X1, i], vectors[X2, i], vectors[X3, i]
        y2[i] = x2 - 0.5 * x1
        y3[i] = x3 - x2 + x1 / 3.0
    # A wrong jump ends at a regular zero that another path reaches too: nothing is lost unseen.
    trust = trust_radius(vectors[X1], y2, y3, weights, True)
    if not trust * 0.75 * ws.options[END_BETA_TAU] >= 1.0:
        return False
    pade(vectors[X], vectors[X1], y2, y3, min(trust, 1e6), complex(-1.0, 0.0), vectors[PREDICTED])
    omega, mu, precise = state[OMEGA], state[MU], state[PRECISE]
    set_weights(vectors[PREDICTED], ws, True)
    y2[:] = vectors[X]
    state[KIND] = LINEAR
    if newton(path, 0j, ws):
        vectors[X] = vectors[CORRECTED]
        if (
            finish(path, 0j, ws)
            and state[CONDITION] < ws.options[MAX_CONDITION]
            and state[ACCURACY] < REGULAR_ACCURACY
        ):
            return True
        vectors[X] = y2
    state[KIND] = LOGARITHMIC
    state[OMEGA], state[MU], state[PRECISE] = omega, mu, precise
    set_weights(vectors[X], ws, False)
    return False


@kernel()
def cauchy(path, s, most, ws):
    """Cauchy's integral over |t| = e^s from X; winding number, or 0 if the path did not close.

    At most `most` turns. SUM receives the mean of the samples, X is restored. A turn closes when
    its end is nearer to its begin than 1e-5 of the largest excursion.
    """
    vectors, state, weights = ws.vectors, ws.state, ws.weights
    n = weights.shape[0]
    start, total = vectors[LOOP], vectors[SUM]
    start[:] = vectors[X]
    total[:] = 0.0
    excursion = 0.0
    angle = 2.0 * np.pi / CIRCLE
    omega, mu, precise = state[OMEGA], state[MU], state[PRECISE]
    step = state[STEP]
    state[STEP] = 0.0
    found = 0
    for turn in range(1, most + 1):
        failed = False
        for k in range(CIRCLE):
            begin = complex(s, angle * k)
            status = track_segment(
                path, begin, complex(s, angle * (k + 1)), ws.options[MAX_STEPS], ws
            )
            if status != SUCCESS:
                failed = True
                break
            distance = 0.0
            for i in range(n):
                total[i] += vectors[X, i]
                distance = max(distance, size(vectors[X, i] - start[i]) / weights[i])
            excursion = max(excursion, distance)
        if failed:
            break
        # `distance` is now that of the turn's end.
        if distance <= 1e-5 * excursion + 10.0 * state[MU]:
            found = turn
            break
    if found:
        for i in range(n):
            total[i] /= CIRCLE * found
    vectors[X] = start
    set_weights(start, ws, False)
    state[OMEGA], state[MU], state[PRECISE], state[STEP] = omega, mu, precise, step
    return found


@kernel()
def endgame(path, t, ws, valuations):
    """Follow X from t > 0 to the end of the path; returns (PathStatus, t reached).

    valuations (n,) float64 receives the exponents measured last, at LAST and LAST_T. WINDING is 0
    unless a circle closed. Before log t = PATIENCE only a regular end is accepted.
    """
    vectors, state, weights = ws.vectors, ws.state, ws.weights
    n = weights.shape[0]
    s = np.log(t)
    state[KIND] = LOGARITHMIC
    state[STEP], state[ERROR], state[WINDING] = 0.0, -1.0, 0.0
    patience = ws.options[PATIENCE]
    next_circle = min(s, min(np.log(0.02), patience))
    # Where the present steady growth began; `mark - s` is 0 while there is none.
    mark, mark_size, mark_index, mark_deviation = s, 0.0, -1, np.inf
    agreed = np.inf
    budget = state[STEPS] + state[REJECTED] + 0.5 * ws.options[MAX_STEPS]
    while True:
        if state[STEPS] + state[REJECTED] > budget:
            return TOO_MANY_STEPS, np.exp(s)
        if not taylor_coefficients(path, complex(s, 0.0), ws):
            return give_up(ws, s, mark - s, agreed)
        vectors[LAST], state[LAST_T] = vectors[X], np.exp(s)
        if jump_to_target(path, ws):
            return SUCCESS, 0.0
        # The jump used the registers and the factorisation, not the coefficients.
        lowest, index = 0.0, -1
        for i in range(n):
            x = vectors[X, i]
            valuations[i] = (vectors[X1, i] / x).real if size(x) > 1e-250 else 0.0
            if valuations[i] < lowest:
                lowest, index = valuations[i], i
        # Equal exponents differ by noise: the coordinate watched so far stays, if it may.
        if mark_index >= 0 and valuations[mark_index] < 0.9 * lowest:
            index = mark_index
        # -- divergence: a steady negative exponent while the coordinate grows --
        deviation = np.inf
        if lowest < -0.04:
            ratio = vectors[X1, index] / vectors[X, index]
            change = 2.0 * vectors[X2, index] / vectors[X, index] - ratio * ratio
            # The modulus: real parts of two causes of deviation may cancel for a moment.
            deviation = abs(change) / abs(ratio.real)
        steady = deviation < 0.1
        if not steady or index != mark_index:
            mark, mark_index, mark_deviation = s, index if steady else -1, deviation
            mark_size = size(vectors[X, index]) if steady else 0.0
        elif (
            size(vectors[X, index])
            > ws.options[GROWTH] ** min(1.0, -LONG_GROWTH * lowest) * mark_size
            and mark - s > 2.0
            and s < patience
        ):
            # A large finite zero looks like (t + δ)^ν: its exponent deviates by δ/t, which grows.
            falling = deviation < max(0.5 * mark_deviation, 1e-8)
            if (falling and deviation * np.exp(s) < ws.options[NEAR_INFINITY]) or s < LATE:
                return AT_INFINITY, np.exp(s)
        # -- finite and not regular: Cauchy's integral, twice --
        exponent = settled_exponent(ws) if s <= next_circle and lowest > -0.04 else 0.0
        if exponent > 0.0:
            # Winding numbers are denominators of exponents: many turns take small ones.
            most = min(ws.options[MAX_WINDING], max(FEW_TURNS, 2.0 / exponent))
            turns = cauchy(path, s, int(most), ws)
            next_circle = s - 2.0
            if turns > 0:
                difference = 0.0
                for i in range(n):
                    difference = max(
                        difference, size(vectors[SUM, i] - vectors[LIMIT, i]) / weights[i]
                    )
                if state[WINDING] == turns and difference < 1e-7 and is_limit(path, difference, ws):
                    vectors[LIMIT] = vectors[SUM]
                    vectors[X] = vectors[SUM]
                    state[ACCURACY] = difference
                    return classify_limit(path, turns, ws), 0.0
                agreed = difference if state[WINDING] == turns else np.inf
                vectors[LIMIT] = vectors[SUM]
                state[WINDING] = turns
            if not taylor_coefficients(path, complex(s, 0.0), ws):
                return give_up(ws, s, mark - s, agreed)
        if s < ws.options[LAST_LOG_TIME]:
            return give_up(ws, s, mark - s, agreed)
        state[SERIES_KNOWN] = 1.0
        length = ws.options[MAX_LOG_STEP] * (2.0 if steady else 1.0)
        end = complex(s - length, 0.0)
        status = track_segment(path, complex(s, 0.0), end, ws.options[LOOK_STEPS], ws)
        if status != SUCCESS:
            code, t_end = give_up(ws, s, mark - s, agreed)
            return (status if code == UNDECIDED else code), t_end
        s -= length


@kernel()
def settled_exponent(ws):
    """Smallest exponent of t with which a coordinate moves; 0 unless the fastest is a pure power.

    Only then a circle can close. A path that hardly moves any more counts with exponent 1.
    """
    vectors, weights = ws.vectors, ws.weights
    fastest, index = 0.0, 0
    for i in range(weights.shape[0]):
        speed = size(vectors[X1, i]) / weights[i]
        if speed > fastest:
            fastest, index = speed, i
    if fastest < 1e-13:
        return 1.0
    ratio = 2.0 * vectors[X2, index] / vectors[X1, index]
    change = (6.0 * vectors[X3, index] / vectors[X1, index] - ratio * ratio).real
    if not (ratio.real > 0.02 and abs(change) < 0.15 * max(1.0, ratio.real)):
        return 0.0
    smallest = ratio.real
    for i in range(weights.shape[0]):
        if size(vectors[X1, i]) > 1e-3 * fastest * weights[i]:
            exponent = (2.0 * vectors[X2, i] / vectors[X1, i]).real
            if 0.02 < exponent < smallest:
                smallest = exponent
    return smallest


@kernel()
def target_residual(path, x, ws):
    """Maximum norm of the target's values at x, scaled by rows like the last Jacobian."""
    kind = ws.state[KIND]
    ws.state[KIND] = LINEAR
    evaluate_precisely(path, 0j, x, ws)
    ws.state[KIND] = kind
    out = 0.0
    for i in range(x.shape[0]):
        out = max(out, ws.row_scales[i] * size(ws.vectors[DELTA, i]))
    return out


@kernel()
def is_limit(path, accuracy, ws):
    """Whether SUM is a zero of the target and not just the middle of a cluster of paths.

    On the path the target's values are of order t; at its limit they must be far smaller.
    """
    on_path = target_residual(path, ws.vectors[X], ws)
    bound = 1e-6 * on_path + 1e-2 * accuracy + 1e-12
    return target_residual(path, ws.vectors[SUM], ws) <= bound


@kernel()
def classify_limit(path, turns, ws):
    """SUCCESS if X is a regular zero of the target that one turn leads to, else SINGULAR."""
    vectors, state = ws.vectors, ws.state
    accuracy = state[ACCURACY]
    limit = vectors[LIMIT]
    state[KIND] = LINEAR
    if turns == 1:
        set_weights(vectors[X], ws, False)
        regular = (
            finish(path, 0j, ws)
            and state[CONDITION] < ws.options[MAX_CONDITION]
            and state[ACCURACY] < REGULAR_ACCURACY
        )
        if regular:
            moved = 0.0
            for i in range(limit.shape[0]):
                moved = max(moved, size(vectors[X, i] - limit[i]) / ws.weights[i])
            if moved < 1e-5:
                return SUCCESS
    vectors[X] = limit
    # The residual and the condition number of the singular point itself.
    state[PRECISE] = 1.0
    set_weights(vectors[X], ws, False)
    set_parameters(path, 0j, ws)
    state[CONDITION] = np.inf
    if residual_and_factor(path, 0j, vectors[X], ws):
        state[CONDITION] = inverse_norm(ws.matrix, ws.pivots, ws.row_scales, vectors[SPARE])
    largest = 0.0
    for i in range(limit.shape[0]):
        largest = max(largest, abs(vectors[DELTA, i]))
    state[RESIDUAL] = largest
    state[ACCURACY] = accuracy
    return SINGULAR


@kernel()
def give_up(ws, s, diverging, agreed):
    """What can still be said when numbers run out: (PathStatus, t).

    `diverging` is the length in log t of the steady growth up to now.
    """
    vectors, state = ws.vectors, ws.state
    if s < ws.options[GIVE_UP_TIME] and diverging > 2.0:
        return AT_INFINITY, np.exp(s)
    if state[WINDING] > 0.0 and agreed < 1e-4:
        vectors[X] = vectors[LIMIT]
        state[ACCURACY] = agreed
        return SINGULAR, 0.0
    return UNDECIDED, np.exp(s)
