"""What must be asked about a file: in a terminal at once, elsewhere by printing the command for each answer."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import typer

from reattune.study.errors import Choice, QuestionError, StudyError
from reattune.study.read_options import ReadOptions
from reattune.terminal import err

T = TypeVar("T")


def asked(read: Callable[[ReadOptions], T], options: ReadOptions, context: typer.Context) -> T:
    """Read with these options, and with what a person answers where there is more than one way.

    Args:
        context: of the command, for the options that were given.

    Raises:
        StudyError: the file cannot be read; or there is nobody to ask, then with the command for each answer.
    """
    given: list[str] = []
    while True:
        try:
            found = read(options)
        except QuestionError as error:
            if not in_a_terminal():
                raise StudyError(_commands(error, context)) from error
            choice = _ask(error)
            options = replace(options, **choice.changes)
            given += choice.flags
            continue
        if given:
            err.print(f"The same without a question: {command_line(context, given)}", markup=False)
        return found


def in_a_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask(error: QuestionError) -> Choice:
    err.print(error.question, markup=False)
    for number, choice in enumerate(error.choices, start=1):
        err.print(f"  {number}  {choice.words}", markup=False)
    end = len(error.choices) + 1
    err.print(f"  {end}  neither: stop here", markup=False)
    answer = 0
    while not 1 <= answer <= end:
        answer = int(typer.prompt(f"Which, 1 to {end}", type=int, err=True))
    if answer == end:
        raise StudyError("Nothing was read.")
    return error.choices[answer - 1]


def _commands(error: QuestionError, context: typer.Context) -> str:
    lines = [error.question]
    lines += [f"  {choice.words}: {command_line(context, choice.flags)}" for choice in error.choices]
    return "\n".join(lines)


def command_line(context: typer.Context, more: Sequence[str]) -> str:
    """The command as it was given, with more options."""
    words = ["reattune", "study"]
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            words += _as_typed(parameter, context.params[name])
    return shlex.join([*words, *more])


def _as_typed(parameter: Any, value: Any) -> list[str]:
    if parameter.param_type_name == "argument":
        return [str(value)]
    option = str(parameter.opts[0])
    if isinstance(value, bool):
        return [option] if value else []
    values = value if isinstance(value, list | tuple) else [value]
    return [word for each in values for word in (option, str(getattr(each, "value", each)))]
