"""Every word that may follow `maestro`, with the place of its code and its line in the help.

To add a noun, write `cli/<noun>.py` with `app = typer.Typer(no_args_is_help=True)` and its verbs,
then add one line here. A target that is a function becomes a command without verbs.
"""

from __future__ import annotations

from typing import NamedTuple


class Noun(NamedTuple):
    """`target` is "module:attribute", the module relative to this package or absolute."""

    target: str
    help: str
    panel: str


START = "Start here"
DATA = "Data"
MODELS = "Models"
TRACKING = "Experiments"
ACCESS = "Who may do what"
PLATFORM = "Run the platform on this machine"

NOUNS = {
    "demo": Noun(".demo:demo", "Go the whole way from a CSV file to a prediction.", START),
    "login": Noun(".session:login", "Log in and keep an API key for this machine.", START),
    "logout": Noun(".session:logout", "Revoke this machine's API key and forget it.", START),
    "whoami": Noun(".session:whoami", "Show who you are and what you may do.", START),
    "doctor": Noun(".doctor:doctor", "Check the installation and the server.", START),
    "completion": Noun(".completion:completion", "Print the completion script for a shell.", START),
    "version": Noun(".version:version", "Show the version.", START),
    "datasets": Noun(".datasets:app", "Tables and their versions.", DATA),
    "automl": Noun(".automl:app", "Find the best model of a table.", MODELS),
    "models": Noun(".models:app", "Registered models and their versions.", MODELS),
    "explain": Noun(
        ".explain:explain", "Explain a row of a model, or without one the model as a whole.", MODELS
    ),
    "deploy": Noun(
        ".deployments:deploy",
        "Serve a model version under a name, once it has been loaded.",
        MODELS,
    ),
    "predict": Noun(".deployments:predict", "Predict the rows of a JSON file.", MODELS),
    "deployments": Noun(".deployments:app", "Models that answer predictions.", MODELS),
    "experiments": Noun(".experiments:app", "Where runs are compared with each other.", TRACKING),
    "runs": Noun(".runs:app", "Params, metrics and files of executions.", TRACKING),
    "sync": Noun(".sync:sync", "Send runs that were logged offline.", TRACKING),
    "import": Noun(".imports:app", "Bring in what another tracking server holds.", TRACKING),
    "export": Noun(".exports:export", "Write all that is tracked into plain files.", TRACKING),
    "jobs": Noun(".jobs:app", "Background work.", MODELS),
    "keys": Noun(".keys:app", "API keys for programs.", ACCESS),
    "tenant": Noun(".tenant:app", "The tenant that you work in.", ACCESS),
    "users": Noun(".users:app", "The members of your tenant.", ACCESS),
    "up": Noun(".platform:up", "Serve the whole platform: all of the below.", PLATFORM),
    "server": Noun(".platform:server", "Serve the API and the web UI.", PLATFORM),
    "worker": Noun(".platform:worker", "Run jobs.", PLATFORM),
    "gateway": Noun(".platform:gateway", "Serve predictions.", PLATFORM),
    "admin": Noun(".platform:admin", "Tenants, tokens and the audit trail.", PLATFORM),
}
