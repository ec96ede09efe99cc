"""The bus for OpenTelemetry: counters as metrics, publications and requests as spans.

Needs ``opentelemetry-api``: install ``mycelium-bus[opentelemetry]``. Who does not import this pays nothing for it.
"""

from __future__ import annotations

from mycelium.opentelemetry.metrics import observe
from mycelium.opentelemetry.traces import TracedBus, TracedPublisher

__all__ = ["TracedBus", "TracedPublisher", "observe"]
