"""Names for runs that come without one."""

from __future__ import annotations

import secrets

_MANNERS = (
    "able agile amber bold brave bright brisk calm clever cosmic crisp daring eager fair fleet gentle "
    "golden happy honest humble jolly keen kind lively lucid lunar merry mellow mighty nimble noble "
    "patient polite proud quick quiet rapid robust serene sharp silent silver sincere smart smooth "
    "solar steady stellar sturdy subtle sunny swift tidy tranquil valiant vivid warm wise witty"
)
_BEINGS = (
    "badger bear beaver bee bison crane crow deer dolphin dove duck eagle elk falcon ferret finch fox "
    "frog gecko goose hare hawk heron horse ibex jay koala lark lemur lion lynx marten mole moose "
    "newt orca otter owl panda penguin pike pony puffin quail rabbit raven robin salmon seal shark "
    "shrew sloth snail sparrow squid stork swan tapir tern tiger toad trout turtle viper wolf wren yak"
)


def invent_run_name() -> str:
    """A name such as `swift-otter-417`: easy to say, not necessarily unique."""
    return f"{secrets.choice(_MANNERS.split())}-{secrets.choice(_BEINGS.split())}-{secrets.randbelow(1000)}"
