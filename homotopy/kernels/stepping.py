"""Predictor, corrector and step size: one path along one segment of the complex t-plane.

Predictor: Padé approximant of type (2, 1) in every coordinate from the Taylor coefficients of the
path, with the distance of its pole as trust region. Corrector: Newton's method that must contract
quadratically from the first step on, in a maximum norm weighted by the sizes of the coordinates.
Sources: S. Telen, M. Van Barel, J. Verschelde, SIAM J. Sci. Comput. 42 (2020), arXiv:1909.04984;
S. Timme, Adv. Comput. Math. 47 (2021), arXiv:1902.02968 (step size and precision rules).
"""

import numpy as np

from algebra.kernels.compilation import kernel
from homotopy.kernels.evaluation import (
    evaluate,
    evaluate_precisely,
    evaluate_with_jacobian,
    run_first_order,
    run_second_order,
    run_third_order,
    set_parameter_series,
    set_parameters,
)
from homotopy.kernels.linear_algebra import factor, size, solve
from homotopy.kernels.workspace import (
    ALWAYS_PRECISE,
    BETA_OMEGA,
    BETA_TAU,
    CONTRACTION,
    CORRECTED,
    DELTA,
    END_BETA_OMEGA,
    END_BETA_TAU,
    ERROR,
    ITERATIONS,
    LAST_FAILED,
    MU,
    MU_LOW,
    NEW_MU,
    NEW_OMEGA,
    OMEGA,
    OMEGA_BEFORE,
    POSITION,
    PRECISE,
    PRECISE_STEPS,
    PREDICTED,
    RECORDED,
    RECORDING,
    REJECTED,
    ROUGH,
    SERIES_KNOWN,
    SINCE_MU,
    STEP,
    STEPS,
    THETA,
    TRUST,
    WEIGHT_FLOOR,
    X1,
    X2,
    X3,
    X,
)

# Members of homotopy.results.PathStatus.
SUCCESS, SINGULAR, AT_INFINITY, AT_ZERO, STEP_TOO_SMALL = 0, 1, 2, 3, 4
ACCURACY_LIMIT, TOO_MANY_STEPS, START_INVALID, UNDECIDED = 5, 6, 7, 8
UNIT_ROUNDOFF = 2.0**-53
#: Distance to the path, times max(1, ω), that a step away from the target may leave: far inside the
#: region where Newton's method contracts, and far below the next prediction's error.
ROUGH_ENOUGH = 1e-6
#: First correction of Newton's method above which its contraction measures ω.
MEASURABLE = 1e-5
#: Steps of that kind between two measurements of the limit accuracy μ.
ROUGH_STEPS = 8.0


@kernel()
def h_of(a):
    """2a(√(4a²+1) - 2a): Timme's bound on ω‖Δx‖ for contraction a."""
    return 2.0 * a * (np.sqrt(4.0 * a * a + 1.0) - 2.0 * a)


@kernel()
def weighted_maximum(v):
    """Maximum of |re| + |im| over v (n,); v is in units of the weights."""
    out = 0.0
    for i in range(v.shape[0]):
        # Written so that a NaN is not lost.
        s = size(v[i])
        if not s <= out:
            out = s
    return out


@kernel()
def set_weights(x, ws, averaging):
    """Weights |x_i|, or their mean with the old ones, above WEIGHT_FLOOR times max(|x|, 1/100)."""
    n, weights = x.shape[0], ws.weights
    largest = 0.0
    for i in range(n):
        largest = max(largest, size(x[i]))
    low = ws.options[WEIGHT_FLOOR] * max(largest, 1e-2)
    for i in range(n):
        w = size(x[i])
        if averaging:
            w = 0.5 * (w + weights[i])
        weights[i] = max(w, low)


@kernel()
def residual_and_factor(path, tau, x, ws):
    """DELTA ← H(x, tau), factorise the Jacobian; False if singular. Parameters are set before."""
    evaluate_with_jacobian(path, x, ws)
    if ws.state[PRECISE] > 0.0:
        evaluate_precisely(path, tau, x, ws)
    return factor(ws.matrix, ws.pivots, ws.row_scales, ws.weights)


@kernel()
def newton(path, tau, ws):
    """Correct PREDICTED at tau into CORRECTED; True if Newton's method contracted as it must.

    Sets THETA, ITERATIONS, NEW_OMEGA, NEW_MU (accuracy of the result, in units of the weights).
    While ROUGH holds, a second iteration with the first one's factorisation is enough if its
    contraction shows the result to be near: the next Taylor coefficients, which need a new
    factorisation anyway, bring the last correction along.
    """
    state, weights = ws.state, ws.weights
    n = weights.shape[0]
    x, delta = ws.vectors[CORRECTED], ws.vectors[DELTA]
    x[:] = ws.vectors[PREDICTED]
    a = ws.options[CONTRACTION]
    h = h_of(a)
    set_parameters(path, tau, ws)
    omega, mu = state[OMEGA], state[MU]
    bound, first_size, last_size = a, 0.0, 0.0
    state[THETA] = np.nan
    simplified = False
    for iteration in range(12):
        state[ITERATIONS] = iteration + 1
        if simplified:
            evaluate(path, x, ws)
        elif not residual_and_factor(path, tau, x, ws):
            return False
        solve(ws.matrix, ws.pivots, ws.row_scales, delta)
        norm = weighted_maximum(delta)
        if not norm < 1e100:
            return False
        for i in range(n):
            x[i] -= weights[i] * delta[i]
        if iteration == 0:
            first_size = norm
            if omega * norm / 8.0 > h:
                return False
            rough = state[ROUGH] > 0.0 and state[PRECISE] == 0.0 and state[SINCE_MU] < ROUGH_STEPS
            # Expected after the second iteration: θ = ω·norm/2, and 2θ²·norm are left.
            theta = 0.5 * omega * norm
            simplified = rough and 2.0 * theta * theta * norm * max(1.0, omega) < ROUGH_ENOUGH
        else:
            theta = norm / last_size if last_size > 0.0 else 0.0
            state[THETA] = theta
            # Below the rounding level of the residual nothing can contract any more.
            if theta > bound and norm > 4.0 * UNIT_ROUNDOFF + 2.0 * mu:
                return False
            if iteration == 1 and first_size > 0.0:
                measured = 2.0 * norm / (first_size * first_size)
                # Corrections near the rounding level say nothing about curvature: they may lower ω
                # but not raise it, or short steps would make it larger and steps shorter still.
                curved = first_size > MEASURABLE and norm > 10.0 * mu
                omega = measured if curved else min(measured, omega)
            bound *= bound
            if simplified:
                simplified = False
                if 2.0 * theta * norm * max(1.0, omega) < ROUGH_ENOUGH:
                    state[NEW_MU], state[NEW_OMEGA] = mu, omega
                    state[SINCE_MU] += 1.0
                    return True
                # Its error contracts by 2θ only, which is all that may be asked of the next one.
                bound = max(bound, 4.0 * theta)
        last_size = norm
        if omega * norm * norm < 2.0 * mu * np.sqrt(1.0 - 2.0 * h) or norm < UNIT_ROUNDOFF:
            # Simplified steps with the same factorisation; the size of the last is the new
            # accuracy. One will do unless an ill-conditioned solve leaves precise residuals.
            accuracy = np.inf
            for _ in range(5):
                if state[PRECISE] > 0.0:
                    evaluate_precisely(path, tau, x, ws)
                else:
                    evaluate(path, x, ws)
                solve(ws.matrix, ws.pivots, ws.row_scales, delta)
                correction = weighted_maximum(delta)
                if not correction < 0.5 * accuracy:
                    break
                accuracy = correction
                for i in range(n):
                    x[i] -= weights[i] * delta[i]
                if state[PRECISE] == 0.0 or accuracy < 16.0 * UNIT_ROUNDOFF:
                    break
            if not accuracy < 1e100:
                return False
            state[NEW_MU] = max(accuracy, UNIT_ROUNDOFF)
            state[NEW_OMEGA] = omega
            state[SINCE_MU] = 0.0
            return True
    return False


@kernel()
def taylor_coefficients(path, tau, ws):
    """X1, X2, X3 ← Taylor coefficients of the path through X at tau; False if J is singular.

    With the coefficients below order k in the registers and 0 at order k, order k of H is u_k,
    and J x_k = -u_k. One factorisation serves the three orders.
    """
    vectors, weights, r = ws.vectors, ws.weights, ws.registers
    n = weights.shape[0]
    set_parameter_series(path, tau, ws)
    evaluate_with_jacobian(path, vectors[X], ws)
    if not factor(ws.matrix, ws.pivots, ws.row_scales, weights):
        return False
    state = ws.state
    if state[ROUGH] > 0.0 and state[PRECISE] == 0.0:
        # What the last, rough correction left; the registers stay at the point before.
        delta = vectors[DELTA]
        solve(ws.matrix, ws.pivots, ws.row_scales, delta)
        for i in range(n):
            vectors[X, i] -= weights[i] * delta[i]
    r[1:, :n] = 0.0
    tape = path.tape
    marks, operations = tape.marks, tape.operations
    base = np.uint64(marks[2])
    for order in range(1, 4):
        if order == 1:
            run_first_order(operations, marks[3], marks[4], base, r[0], r[1])
        elif order == 2:
            run_second_order(operations, marks[3], marks[4], base, r[0], r[1], r[2])
        else:
            run_third_order(operations, marks[3], marks[4], base, r[0], r[1], r[2], r[3])
        b = vectors[X1 + order - 1]
        for i in range(n):
            b[i] = r[order, tape.outputs[i]]
        solve(ws.matrix, ws.pivots, ws.row_scales, b)
        for i in range(n):
            b[i] *= -weights[i]
            r[order, i] = b[i]
    return weighted_maximum(vectors[X3]) < 1e200


@kernel()
def trust_radius(x1, x2, x3, weights, lenient):
    """Min |x2_i/x3_i|: distance of the nearest pole of the Padé approximants; inf if none.

    `lenient`: a coordinate whose x2 happens to pass through zero counts with √|x1_i/x3_i|.

    Coordinates whose second-order term is rounding noise are left out: the others see the same
    singularities. If all are, as for odd functions, first and third order are compared.
    """
    largest1, largest2, largest3 = 0.0, 0.0, 0.0
    for i in range(weights.shape[0]):
        largest1 = max(largest1, size(x1[i]) / weights[i])
        largest2 = max(largest2, size(x2[i]) / weights[i])
        largest3 = max(largest3, size(x3[i]) / weights[i])
    out = np.inf
    noise = 1e-12 * largest2
    for i in range(weights.shape[0]):
        a2, a3 = size(x2[i]), size(x3[i])
        if a2 > noise * weights[i] and a2 > 1e-14 * max(1e-6 * weights[i], size(x1[i])) and a3 > 0:
            pole = a2 / a3
            if lenient:
                pole = max(pole, np.sqrt(size(x1[i]) / a3))
            out = min(out, pole)
    if out == np.inf and largest3 > 1e-14 * max(largest1, 1e-6):
        out = np.sqrt(max(largest1, 1.0) / largest3)
    return out


@kernel()
def pade(x, x1, x2, x3, trust, delta, out):
    """Out (n,) ← Padé (2, 1) prediction at distance `delta` (complex), Taylor where it degrades.

    That is where its pole lies well inside the trust region, or where x2 or x3 is negligible.
    """
    for i in range(x.shape[0]):
        t1, t2 = size(x1[i]) * trust, size(x2[i]) * trust * trust
        t3 = size(x3[i]) * trust * trust * trust
        t0 = size(x[i])
        small = 1e-12 * np.sqrt(t0 * t0 + t1 * t1 + t2 * t2 + t3 * t3)
        if t2 <= 0.9 * t3 and t3 > small:
            out[i] = x[i] + delta * (x1[i] + delta * (x2[i] + delta * x3[i]))
        elif t2 > small and t3 > small:
            correction = delta * x2[i] / (1.0 - delta * x3[i] / x2[i])
            out[i] = x[i] + delta * (x1[i] + correction)
        else:
            out[i] = x[i] + delta * (x1[i] + delta * x2[i])


@kernel()
def trusted_part(ws):
    """The part of the trust region that a step may use: more where a later check finds jumps."""
    return ws.options[BETA_TAU] if ws.state[ROUGH] > 0.0 else ws.options[END_BETA_TAU]


@kernel()
def first_step(ws):
    """Length of the next step after an accepted one, from the a-priori error and trust region."""
    state = ws.state
    omega = state[OMEGA]
    omega = min(max(omega + 2.0 * (omega - state[OMEGA_BEFORE]), omega), 8.0 * omega)
    h = h_of(ws.options[CONTRACTION])
    error = max(state[ERROR], 1e-200)
    beta = ws.options[BETA_OMEGA] if state[ROUGH] > 0.0 else ws.options[END_BETA_OMEGA]
    by_error = ((np.sqrt(1.0 + 2.0 * h) - 1.0) / (omega * error)) ** 0.25 / beta
    return min(by_error, trusted_part(ws) * state[TRUST])


@kernel()
def shorter_step(ws):
    """Length of the next step after a rejected one."""
    state = ws.state
    h_half = h_of(0.5 * ws.options[CONTRACTION])
    iterations, theta = state[ITERATIONS], state[THETA]
    factor_out = 0.25
    if iterations > 1.0 and theta == theta:
        root = theta ** (1.0 / 2.0 ** (iterations - 2.0))
        h_theta = h_of(root)
        if h_theta > h_half:
            ratio = (np.sqrt(1.0 + 2.0 * h_half) - 1.0) / (np.sqrt(1.0 + 2.0 * h_theta) - 1.0)
            factor_out = ratio**0.25
    return factor_out * state[STEP]


@kernel()
def attempt(path, tau, delta, ws):
    """Try the step from X at tau to tau + delta; on success X moves and the state is updated."""
    state, vectors, weights = ws.state, ws.vectors, ws.weights
    n = weights.shape[0]
    pade(vectors[X], vectors[X1], vectors[X2], vectors[X3], state[TRUST], delta, vectors[PREDICTED])
    set_weights(vectors[PREDICTED], ws, True)
    if not newton(path, tau + delta, ws):
        state[REJECTED] += 1.0
        return False
    length = abs(delta)
    distance = 0.0
    for i in range(n):
        distance = max(distance, size(vectors[PREDICTED, i] - vectors[CORRECTED, i]) / weights[i])
    state[ERROR] = distance / length**4
    vectors[X] = vectors[CORRECTED]
    accept(ws)
    state[STEPS] += 1.0
    return True


@kernel()
def accept(ws):
    """Take over ω and μ of the last correction and choose the precision of the next ones."""
    state = ws.state
    a = ws.options[CONTRACTION]
    h = h_of(a)
    state[OMEGA_BEFORE] = state[OMEGA]
    state[OMEGA] = max(state[NEW_OMEGA], 0.5 * state[OMEGA], 0.1)
    state[MU] = max(state[NEW_MU], UNIT_ROUNDOFF)
    if state[PRECISE] > 0.0:
        state[PRECISE_STEPS] += 1.0
        if ws.options[ALWAYS_PRECISE] == 0.0 and state[MU_LOW] * state[OMEGA] < a**7 * h:
            state[PRECISE] = 0.0
            state[MU] = state[MU_LOW]
    elif state[MU] * state[OMEGA] > a**5 * h:
        state[PRECISE] = 1.0
        state[MU_LOW] = state[MU]


@kernel()
def track_segment(path, begin, end, limit, ws):
    """Track X from `begin` to `end` (complex); returns a PathStatus.

    At most `limit` steps are tried. POSITION receives the distance travelled.
    """
    state, vectors = ws.state, ws.vectors
    length = abs(end - begin)
    if length == 0.0:
        return SUCCESS
    direction = (end - begin) / length
    done = 0.0
    fresh = True
    state[LAST_FAILED] = 0.0
    state[ERROR] = -1.0
    state[POSITION] = 0.0
    budget = state[STEPS] + state[REJECTED] + limit
    a = ws.options[CONTRACTION]
    while True:
        remaining = length - done
        if remaining <= 0.0:
            return SUCCESS
        if state[STEPS] + state[REJECTED] > budget:
            return TOO_MANY_STEPS
        tau = begin + direction * done
        if fresh:
            known = state[SERIES_KNOWN] > 0.0
            state[SERIES_KNOWN] = 0.0
            if not known and not taylor_coefficients(path, tau, ws):
                return ACCURACY_LIMIT
            lenient = state[ROUGH] > 0.0
            trust = trust_radius(vectors[X1], vectors[X2], vectors[X3], ws.weights, lenient)
            if not trust < 1e6 * length:
                trust = 1e6 * length
            state[TRUST] = trust
            if state[ERROR] < 0.0:
                state[ERROR] = trust**-4
            step = first_step(ws)
            if remaining < trusted_part(ws) * trust:
                # The last step must not rely on the full trust region: nothing corrects it later.
                step = min(step, 0.75 * trusted_part(ws) * trust)
            if state[STEP] > 0.0:
                step = min(step, 10.0 * state[STEP])
                if state[LAST_FAILED] > 0.0:
                    step = min(step, state[STEP])
            state[STEP] = step
        delta = min(state[STEP], remaining)
        if not delta > 4.0 * UNIT_ROUNDOFF * min(max(abs(tau), 1e-300), length):
            return STEP_TOO_SMALL
        last = delta >= remaining
        state[STEP] = delta if not last else state[STEP]
        movement = (end - tau) if last else direction * delta
        if attempt(path, tau, movement, ws):
            done = length if last else done + delta
            state[POSITION] = done
            state[LAST_FAILED] = 0.0 if fresh else 1.0
            fresh = True
            k = int(state[RECORDED])
            if state[RECORDING] > 0.0 and k < ws.times.shape[0]:
                ws.times[k] = end if last else begin + direction * done
                ws.samples[k] = vectors[X]
                state[RECORDED] += 1.0
            if state[PRECISE] > 0.0 and state[OMEGA] * state[MU] > a**3 * h_of(a):
                return ACCURACY_LIMIT
        else:
            state[STEP] = delta
            state[STEP] = shorter_step(ws)
            fresh = False
