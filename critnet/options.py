"""Options shared by the commands, and the parsing of sizes and durations."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from critnet.inputs import DataFiles, read_system
from critnet.session import Session, processor_count

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem

Function = TypeVar("Function", bound=Callable[..., Any])

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_BYTES = {"": 2**20, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITABLE = click.Path(dir_okay=False, writable=True, path_type=Path)


def seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Option callback: a duration such as 90, 90s, 10m or 2h in seconds."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)\s*(s|m|min|h|)", value.strip().lower())
    if match is None or not 0 < (found := float(match[1]) * _SECONDS[match[2]]) <= 1e8:
        raise click.BadParameter(
            f"{value!r} is not a duration: expected seconds, or 90s, 10m, 2h", ctx, param
        )
    return found


def size(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Option callback: a size such as 512M or 2GiB in bytes; a bare number means MiB."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?)(?:i?b)?", value.strip().lower())
    if match is None or float(match[1]) <= 0:
        raise click.BadParameter(f"{value!r} is not a size: expected 512M or 2G", ctx, param)
    return int(float(match[1]) * _BYTES[match[2]])


def common_options(kind: str) -> Callable[[Function], Function]:
    """--json, --seed, --jobs and the limits; the command receives a `Session` first.

    `kind` names the JSON document of the command.
    """

    def decorate(function: Function) -> Function:
        @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
        @click.option(
            "--seed",
            type=click.IntRange(0, 2**63 - 1),
            default=0,
            show_default=True,
            help="Seed of the algorithm's random choices; never changes a result.",
        )
        @click.option(
            "--jobs", type=click.IntRange(1, 1024), help="Threads to use (default: all processors)."
        )
        @click.option(
            "--time-limit",
            metavar="TIME",
            callback=seconds,
            help="Stop after this time: 90, 10m, 2h.",
        )
        @click.option(
            "--memory-limit",
            metavar="SIZE",
            callback=size,
            help="Stop beyond this memory: 800M, 4G.",
        )
        @click.pass_context
        @functools.wraps(function)
        def wrapper(
            ctx: click.Context,
            /,
            *,
            as_json: bool,
            seed: int,
            jobs: int | None,
            time_limit: float | None,
            memory_limit: int | None,
            **arguments: Any,
        ) -> Any:
            session = ctx.find_object(Session) or Session()
            session.kind, session.json, session.seed = kind, as_json, seed
            session.jobs = jobs or processor_count()
            session.time_limit, session.memory_limit = time_limit, memory_limit
            session.begin()
            return function(session, **arguments)

        return wrapper  # type: ignore[return-value]

    return decorate


def data_options(function: Function) -> Function:
    """--data, or --x and --y, and --lambda; the command receives `files`, a `DataFiles`."""

    @functools.wraps(function)
    def wrapper(
        *arguments: Any,
        data_file: Path | None,
        x_file: Path | None,
        y_file: Path | None,
        penalty: str | None,
        **options: Any,
    ) -> Any:
        files = DataFiles(data_file, x_file, y_file, penalty)
        return function(*arguments, files=files, **options)

    decorated: Any = wrapper
    for option in (
        click.option(
            "--lambda",
            "penalty",
            metavar="VALUE",
            help="Regulariser: one number for all weights, 0, or random (with --x and --y).",
        ),
        click.option("--y", "y_file", type=READABLE, help="CSV or NPY file with Y, d_y × m."),
        click.option("--x", "x_file", type=READABLE, help="CSV or NPY file with X, d_x × m."),
        click.option(
            "--data", "data_file", type=READABLE, help='JSON file {"X": …, "Y": …, "Lambda": …}.'
        ),
    ):
        decorated = option(decorated)
    return decorated


def at_option(function: Function) -> Function:
    """--at NAME=VALUE; the command receives `values`, a tuple of the entries."""
    return click.option(
        "--at",
        "values",
        multiple=True,
        metavar="NAME=VALUE",
        help="Exact value of a parameter of the system; may be repeated.",
    )(function)


def system_argument(function: Function) -> Function:
    """SYSTEM with --format, --at and the data options; the command receives `source`.

    `source` is a function without arguments that reads the system.
    """

    @functools.wraps(function)
    def wrapper(
        *arguments: Any,
        system_name: str,
        file_format: str,
        values: tuple[str, ...],
        files: DataFiles,
        **options: Any,
    ) -> Any:
        def source() -> PolynomialSystem:
            system = read_system(system_name, file_format, files, values)
            session = click.get_current_context().find_object(Session)
            if session is not None:
                session.system = system
            return system

        return function(*arguments, source=source, **options)

    decorated: Any = at_option(data_options(wrapper))
    decorated = click.option(
        "--format",
        "file_format",
        default="auto",
        metavar="FORMAT",
        help="Format of the file: text, phcpack, msolve, bertini or json (default: recognised).",
    )(decorated)
    return click.argument("system_name", metavar="SYSTEM")(decorated)


def network_option(*, required: bool = True) -> Callable[[Function], Function]:
    """--network with the data options; the command receives `architecture` and `files`."""

    def decorate(function: Function) -> Function:
        return click.option(
            "--network",
            "architecture",
            metavar="ARCH",
            required=required,
            help="Widths, input first, and options: 2-2-2 or 2-2-2,m=2,seed=3.",
        )(data_options(function))

    return decorate
