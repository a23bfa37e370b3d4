"""`qudao manage …`: Django's own commands, for those who maintain the program."""

import argparse

from qudao.shell import starting


def configure(parser) -> None:
    parser.add_argument("--role", default="app", choices=["app", "owner"], help="database role")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the command and its arguments")


def run(arguments) -> int:
    starting.ready(role=arguments.role)
    from django.core import management

    management.execute_from_command_line(["qudao manage", *arguments.words])
    return 0
