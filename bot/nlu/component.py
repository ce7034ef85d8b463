"""What the components that read the content folder share."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from bot.catalog import Catalog, load_catalog

Self = TypeVar("Self", bound="CatalogComponent")


class CatalogComponent(GraphComponent):  # type: ignore[misc]
    """A component that learns nothing, and knows the catalog."""

    def __init__(self, catalog: Catalog) -> None:
        """Take what is to be known of `catalog`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`data`: the content folder."""
        return {"data": "data"}

    @classmethod
    def create(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """Return the component for the content in `data`."""
        return cls(load_catalog(Path(config["data"]), examples=False))
