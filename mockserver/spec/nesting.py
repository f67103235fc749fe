"""How deep a YAML file may nest: libyaml's composer and what comes after it recurse without a bound of their own."""

import yaml

MAX_DEPTH = 100


def check_nesting(source: str | bytes) -> None:
    """``RecursionError`` where collections nest deeper than ``MAX_DEPTH``, ``yaml.YAMLError`` where it is not YAML."""
    depth = 0
    for event in yaml.parse(source, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise RecursionError("nested too deeply")
