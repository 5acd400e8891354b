"""How a command ends: every exception becomes one sentence and one exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from algebra.errors import CritnetError, EnginesDisagree, InputError, LimitReached
from critnet.session import Session

DONE, REJECTED, UNUSABLE, LIMIT, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 70, 130


def guarded(session: Session, run: Callable[[], Any]) -> int:
    """Run a command and return its exit code; nothing but the code leaves this function.

    A command returns None (0) or an exit code. With the environment variable CRITNET_TRACEBACK
    set, errors of critnet itself are raised unchanged.
    """
    try:
        try:
            code = run()
            sys.stdout.flush()
            return code if isinstance(code, int) else DONE
        finally:
            session.close()
    except BrokenPipeError:
        # The reader (`| head`) has left; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (KeyboardInterrupt, click.Abort):
        return _leave(session, INTERRUPTED, "interrupted")
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as problem:
        return _leave(session, UNUSABLE, _usage_message(problem))
    except LimitReached as limit:
        return _limit(session, limit)
    except MemoryError:
        return _limit(session, LimitReached("memory ran out"))
    except EnginesDisagree as problem:
        return _disagreement(session, problem)
    except InputError as problem:
        return _leave(session, UNUSABLE, str(problem))
    except CritnetError as problem:
        return _leave(session, UNUSABLE, str(problem))
    except OSError as problem:
        return _leave(session, UNUSABLE, _os_message(problem))
    except Exception as problem:
        if os.environ.get("CRITNET_TRACEBACK"):
            raise
        return _leave(
            session,
            INTERNAL,
            f"internal error, please report it: {type(problem).__name__}: {_one_line(problem)} "
            "(CRITNET_TRACEBACK=1 shows where)",
        )


def _disagreement(session: Session, problem: EnginesDisagree) -> int:
    """`undecided`, both sides, and the input in a file for a bug report."""
    known = {"verdict": "undecided"}
    if session.system is not None:
        path = Path(f"critnet-disagreement-{session.system.digest[:12]}.json")
        document = {
            "schema": "critnet/disagreement/1",
            "command": sys.argv[1:],
            "disagreement": str(problem),
            "system": session.system.to_dict(),
            "run": session.run_object(),
        }
        try:
            path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
            known["input"] = str(path)
        except OSError as failure:
            session.message(f"{path} cannot be written: {failure.strerror}", "warning")
    told = f"; please report it with {known['input']}" if "input" in known else ""
    message = f"undecided, engines disagree: {problem}{told}"
    return _leave(session, REJECTED, message, known)


def _leave(session: Session, code: int, message: str, known: dict[str, str] | None = None) -> int:
    session.message(message, "note" if code == INTERRUPTED else "error")
    if session.json and not session.emitted:
        document = {"schema": "critnet/error/1", "error": message, "exit_code": code}
        document |= known or {}
        _quietly(lambda: session.emit(document))
    return code


def _limit(session: Session, limit: LimitReached) -> int:
    """Print what is known so far, then say which limit was hit."""
    if not session.emitted:
        _quietly(lambda: session.emit_partial(limit))
    session.message(f"{limit}; what is known so far is printed above", "error")
    return LIMIT


def _quietly(write: Callable[[], None]) -> None:
    try:
        write()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage_message(problem: click.ClickException) -> str:
    message = problem.format_message().strip()
    if isinstance(problem, click.UsageError) and problem.ctx is not None:
        message += f" Try '{problem.ctx.command_path} --help'."
    return message


def _os_message(problem: OSError) -> str:
    place = f"{problem.filename}: " if problem.filename else ""
    return f"{place}{problem.strerror or problem}"


def _one_line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:300]
