"""The way through a trained model's components, planned once. Rasa has dask plan it for every run, as if for many machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rasa.engine.graph import GraphComponent, GraphNode
from rasa.engine.runner.dask import DaskGraphRunner


class Graph:
    """A loaded model's components, run one after the other.

    Args:
        nodes: the components by name.
        needs: names of what each of them reads: other components, or inputs of a run.
    """

    def __init__(self, nodes: Mapping[str, GraphNode], needs: Mapping[str, Sequence[str]]) -> None:
        self._nodes = nodes
        self._needs = needs
        self._plans: dict[str, tuple[str, ...]] = {}

    @classmethod
    def of(cls, loaded: DaskGraphRunner) -> Graph:
        """The components that Rasa has loaded."""
        return cls(loaded._instantiated_nodes, {name: tuple(node.needs.values()) for name, node in loaded._graph_schema.nodes.items()})

    @property
    def components(self) -> list[GraphComponent]:
        """What was loaded."""
        return [node._component for node in self._nodes.values()]

    def run(self, inputs: Mapping[str, Any], targets: Sequence[str]) -> dict[str, Any]:
        """The outputs of ``targets``, and of nothing that they do not need."""
        outputs: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in inputs.items()}
        for target in targets:
            for name in self._plan(target):
                if name not in outputs:
                    outputs[name] = self._nodes[name](*(outputs[need] for need in self._needs[name]))
        return {target: outputs[target][1] for target in targets}

    def _plan(self, target: str) -> tuple[str, ...]:
        if target not in self._plans:
            self._plans[target] = tuple(dict.fromkeys(self._before(target)))
        return self._plans[target]

    def _before(self, name: str) -> Iterator[str]:
        """What a component needs, then itself; inputs have no components."""
        if name in self._nodes:
            for need in self._needs[name]:
                yield from self._before(need)
            yield name
