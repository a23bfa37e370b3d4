"""The `qudao` command. Each subcommand is a file in `commands/` with `configure(parser)` and `run(arguments)`."""

import argparse
import importlib
import os
import sys

COMMANDS = {
    "serve": "run the web site, its worker and its database",
    "worker": "run the journal's sequencer, the consumers and the jobs",
    "migrate": "bring the database to this version",
    "demo": "make the demo company",
    "tour": "show the main job from contract to proof, in a minute",
    "client": "register an API client",
    "doctor": "check that everything the program needs is there",
    "udi": "read device codes",
    "journal": "export the journal",
    "trace": "follow a lot or serial both ways",
    "rebate": "calculate a rebate",
    "bench": "measure against hand-written SQL",
    "manage": "run a Django management command",
}


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qudao.shell.settings")
    words = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="qudao", description="Channel management for medical devices.")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in words if not word.startswith("-")), None)
    for name, text in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == chosen:
            module = importlib.import_module(f"qudao.shell.commands.{name}")
            module.configure(subparser)
            subparser.set_defaults(run=module.run)
    arguments = parser.parse_args(words)
    return _guarded(arguments)


def _guarded(arguments: argparse.Namespace) -> int:
    """Run the command, turning what a person can mend into words instead of a traceback."""
    import psycopg

    from qudao.kernel import config, errors, frames, server

    try:
        return frames.roomy(arguments.run)(arguments) or 0
    except (config.ConfigurationError, server.ServerError) as error:
        print(f"qudao: {error}", file=sys.stderr)
    except errors.Refused as refusal:
        for line in _words(refusal):
            print(f"qudao: {line}", file=sys.stderr)
    except psycopg.OperationalError as error:
        print(f"qudao: the database does not answer: {str(error).strip()}", file=sys.stderr)
        print("qudao: see `qudao doctor`", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return 2


def _words(refusal) -> list[str]:
    from django.conf import settings
    from django.utils import translation

    from qudao.kernel import messages

    if not settings.configured:
        import django

        django.setup()
    with translation.override(os.environ.get("QUDAO_LANGUAGE", "en")):
        rendered = [messages.render(reason) for reason in refusal.reasons]
    return [" ".join(filter(None, (one.title + ".", one.why, one.mend))) for one in rendered]


if __name__ == "__main__":
    sys.exit(main())
