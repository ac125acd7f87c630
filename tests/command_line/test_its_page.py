"""The page of the command line names every command with its arguments and options, and nothing that is none."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from contactcore.__main__ import open_storage
from contactcore.command_line.commands import commands

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
COMMANDS = commands(open_storage).commands
SHARED = {"--db", "--workspace", "--user"}
OPTION = re.compile(r"--[a-z-]+")


def row_of(command: click.Command) -> str:
    arguments = [str(one.name).upper() for one in command.params if isinstance(one, click.Argument)]
    title = " ".join((command.name or "", *arguments))
    (row,) = re.findall(rf"^\| `{re.escape(title)}` \|.*$", PAGE, re.MULTILINE)
    return row


def options_of(command: click.Command) -> set[str]:
    return {max(one.opts, key=len) for one in command.params if isinstance(one, click.Option)}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_names_a_command_with_its_arguments_and_options(name):
    named = set(OPTION.findall(row_of(COMMANDS[name])))
    shared = set() if name in {"copy", "deliver"} else SHARED
    assert named | shared == options_of(COMMANDS[name])


def test_the_page_explains_every_option_and_no_other():
    rows = re.findall(r"^\| (?:`-o`, )?(`--.*?) \|", PAGE, re.MULTILINE)
    explained = {option for row in rows for option in OPTION.findall(row)}
    assert explained == {option for command in COMMANDS.values() for option in options_of(command)}


def test_the_page_lists_no_command_that_is_not_there():
    listed = re.findall(r"^\| `([a-z][a-z-]*)[^`]*` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)
